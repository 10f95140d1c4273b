// Who may import whom: domain <- store, bank <- services <- event-log, graphql, webhooks, scheduler, cli <- server. Transports do not
// import each other.

/** `name` may import of our own only `allowed`, and itself. */
const only = (name, allowed) => ({
  name: `${name}-imports-only-${allowed.join('-and-') || 'itself'}`,
  severity: 'error',
  from: { path: `^src/${name}/` },
  to: { path: '^src/', pathNot: [`^src/(${[name, ...allowed].join('|')})/`] },
});

/** Only `folders` may import the package. */
const packageOnlyIn = (pattern, folders, name) => ({
  name,
  severity: 'error',
  from: { path: '^src/', pathNot: folders.map((folder) => `^src/${folder}`) },
  to: { path: `node_modules/(${pattern})(/|$)` },
});

/** The folders of src/services, lowest first: a folder may import itself and those of the rows before it. */
const SERVICE_ROWS = [
  ['batch'],
  ['access'],
  ['collections'],
  ['mandates'],
  ['cards', 'bank-accounts', 'customers', 'bank-answers'],
  ['payments', 'due-work', 'deposits'],
  ['connectors', 'import', 'merchants', 'maintenance', 'webhooks'],
  ['sandbox'],
];

const serviceOrder = SERVICE_ROWS.flatMap((row, index) =>
  row.map((folder) => ({
    name: `services-${folder}-imports-only-what-is-below-it`,
    severity: 'error',
    from: { path: `^src/services/${folder}/` },
    to: {
      path: '^src/services/[^/]+/',
      pathNot: `^src/services/(${[folder, ...SERVICE_ROWS.slice(0, index).flat()].join('|')})/`,
    },
  })),
);

module.exports = {
  forbidden: [
    only('domain', []),
    only('store', ['domain', 'tracing']),
    only('bank', ['domain', 'signing', 'tracing']),
    only('services', ['domain', 'store', 'bank', 'signing', 'tracing']),
    only('event-log', ['domain', 'store', 'services']),
    only('admission', []),
    only('signing', []),
    only('tracing', []),
    only('graphql', ['domain', 'store', 'services', 'event-log', 'admission', 'tracing']),
    only('webhooks', ['domain', 'store', 'services', 'event-log', 'admission', 'signing', 'tracing']),
    only('scheduler', ['domain', 'store', 'bank', 'services', 'event-log']),
    only('cli', ['domain', 'services', 'event-log', 'client', 'bank', 'signing']),
    only('client', []),
    only('console', ['client']),
    {
      name: 'console-uses-the-api-alone',
      severity: 'error',
      comment: 'The page is a client like any other: nobody imports it, and it is built apart.',
      from: { path: '^src/', pathNot: '^src/console/' },
      to: { path: '^src/console/' },
    },
    packageOnlyIn('preact|@preact|uplot', ['console'], 'page-packages-only-in-console'),
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'The rules of the trade know no platform, and of packages only pure tables: the numbering plans of the world.',
      from: { path: '^src/domain/' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'core'], pathNot: 'node_modules/libphonenumber-js/' },
    },
    ...serviceOrder,
    packageOnlyIn('@opentelemetry', ['tracing', 'server/tracing'], 'traces-by-their-own-module'),
    packageOnlyIn('@prisma|pg|\\.prisma', ['store'], 'database-only-in-store'),
    packageOnlyIn('graphql|graphql-yoga|@pothos', ['graphql', 'server', 'client', 'cli', 'store/generated'], 'graphql-only-in-transports'),
    {
      name: 'generated-only-as-types',
      severity: 'error',
      comment: "From what is generated the API takes Pothos' types and data model, nothing else.",
      from: { path: '^src/', pathNot: '^src/store/' },
      to: { path: '^src/store/generated/', pathNot: '^src/store/generated/pothos\\.ts$' },
    },
    {
      name: 'nobody-imports-server',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/server/' },
      to: { path: '^src/server/' },
    },
    { name: 'no-circular', severity: 'error', from: { pathNot: '^src/store/generated/' }, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: ['/generated/', '^src/launch\\.mjs$', '\\.d\\.ts$'] },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
