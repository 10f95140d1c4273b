// Who may import whom: domain <- store, bank <- services <- stream, graphql, scheduler, cli <- server. Doors never import doors.

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

module.exports = {
  forbidden: [
    only('domain', []),
    only('store', ['domain']),
    only('bank', ['domain']),
    only('services', ['domain', 'store', 'bank']),
    only('stream', ['domain', 'store', 'services']),
    only('admission', []),
    only('graphql', ['domain', 'store', 'services', 'stream', 'admission']),
    only('scheduler', ['domain', 'store', 'services', 'stream']),
    only('cli', ['domain', 'services', 'stream', 'client']),
    only('client', []),
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'The rules of the trade know no platform, and of packages only pure tables: the numbering plans of the world.',
      from: { path: '^src/domain/' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'core'], pathNot: 'node_modules/libphonenumber-js/' },
    },
    packageOnlyIn('@prisma|pg|\\.prisma', ['store'], 'database-only-in-store'),
    packageOnlyIn('graphql|graphql-yoga|@pothos', ['graphql', 'server', 'client', 'store/generated'], 'graphql-only-at-the-doors'),
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
      from: { orphan: true, path: '^src/', pathNot: ['^src/store/generated/', '^src/launch\\.mjs$'] },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
