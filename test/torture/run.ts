import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

// Runs the torture tests at full length: `npm run torture -- log --seconds 600`. Without a name it lists them. In the ordinary
// test run the same files run at small size.

/** The option of a size: the environment variable that the test reads, and its value at full length. */
interface Size {
  readonly variable: string;
  readonly full: number;
}

interface Torture {
  readonly about: string;
  readonly files: readonly string[];
  readonly sizes: Readonly<Record<string, Size>>;
}

const size = (variable: string, full: number): Size => ({ variable, full });

const TORTURES: Readonly<Record<string, Torture>> = {
  log: {
    about: 'three nodes are killed and stopped under writers that commit late or never',
    files: ['torture/log.test.ts'],
    sizes: { seconds: size('TORTURE_SECONDS', 600) },
  },
  reconnect: {
    about: 'a subscriber that reconnects all the time sees each event once',
    files: ['torture/reconnect.test.ts'],
    sizes: { seconds: size('RECONNECT_SECONDS', 120) },
  },
  clients: {
    about: 'four kinds of clients over kills of the gateway',
    files: ['torture/clients.test.ts'],
    sizes: { kills: size('CLIENT_KILLS', 10) },
  },
  banks: {
    about: 'the gateway and its bank, by HTTP and by files, are killed while debits are sent and answered',
    files: ['torture/bank-kills.test.ts'],
    sizes: { kills: size('BANK_KILLS', 100) },
  },
  slow: {
    about: 'slow clients beside fast ones',
    files: ['torture/slow-clients.test.ts'],
    sizes: { clients: size('SLOW_CLIENTS', 1_000) },
  },
  sigterm: {
    about: 'one of two nodes is stopped again and again without a failed request',
    files: ['torture/sigterm.test.ts'],
    sizes: { stops: size('SIGTERMS', 50) },
  },
  deploy: {
    about: 'the next version, whose migration adds columns, replaces this one',
    files: ['torture/deploy.test.ts'],
    sizes: { seconds: size('DEPLOY_SECONDS', 60) },
  },
  network: {
    about: 'a network to the database that is slow, silent or broken',
    files: ['torture/network.test.ts'],
    sizes: { seconds: size('NETWORK_SECONDS', 20) },
  },
  engines: {
    about: 'three engines of reads give the same bytes for generated documents',
    files: ['graphql/engines.test.ts'],
    sizes: { documents: size('ENGINE_DOCUMENTS', 20_000) },
  },
  plans: {
    about: 'reads touch the same blocks of a large merchant as of a small one',
    files: ['store/plans.test.ts'],
    sizes: { payments: size('PLAN_PAYMENTS', 1_000_000) },
  },
  restarts: {
    about: 'a database that restarts under writes',
    files: ['torture/restarts.test.ts'],
    sizes: { seconds: size('RESTART_SECONDS', 300), everyMs: size('RESTART_EVERY_MS', 20_000) },
  },
  crash: {
    about: 'gateway and database are killed under submissions',
    files: ['torture/crash.test.ts'],
    sizes: { kills: size('CRASHES', 50) },
  },
  'first-start': {
    about: 'first starts and upgrades are interrupted at random moments',
    files: ['torture/first-start.test.ts'],
    sizes: { cuts: size('START_CUTS', 20) },
  },
  unread: {
    about: 'pings whose answers nobody reads',
    files: ['torture/unread.test.ts'],
    sizes: { megabytes: size('UNREAD_MEGABYTES', 2_000) },
  },
  races: {
    about: 'an archiving against a submission, and one idempotency key by many callers',
    files: ['torture/races.test.ts'],
    sizes: { races: size('RACES', 300), keys: size('RACE_KEYS', 50) },
  },
  money: {
    about: 'a pause against its cut-off, a withdrawn authority and a one-time mandate against submissions',
    files: ['torture/money-races.test.ts'],
    sizes: { races: size('MONEY_RACES', 300) },
  },
  approvals: {
    about: "a debtor's approval against the end of its window",
    files: ['torture/approvals.test.ts'],
    sizes: { races: size('APPROVAL_RACES', 500) },
  },
  collections: {
    about: 'two nodes collect while either is killed',
    files: ['torture/collections.test.ts'],
    sizes: { rounds: size('COLLECTION_ROUNDS', 100), payments: size('COLLECTION_PAYMENTS', 500) },
  },
  walks: {
    about: 'random walks of callers, debtors, banks and clocks',
    files: ['graphql/mandate-walks.test.ts', 'graphql/payment-walks.test.ts'],
    sizes: { mandates: size('MANDATE_WALKS', 500), payments: size('PAYMENT_WALKS', 500) },
  },
  webhooks: {
    about: 'two nodes deliver webhooks while either is killed, and one beside endpoints that fail in every way',
    files: ['torture/webhook-kills.test.ts', 'torture/webhook-faults.test.ts'],
    sizes: { deliveries: size('WEBHOOK_DELIVERIES', 10_000), rounds: size('WEBHOOK_ROUNDS', 200) },
  },
  batch: {
    about: 'a thousand records in a call that is killed',
    files: ['torture/whole-batch.test.ts'],
    sizes: { kills: size('BATCH_KILLS', 30) },
  },
  reading: {
    about: 'every filter on a million customers',
    files: ['torture/reading.test.ts'],
    sizes: { rows: size('READING_ROWS', 1_000_000) },
  },
  fuzz: {
    about: 'random documents, variables and input',
    files: ['graphql/customer-properties.test.ts', 'graphql/document-fuzz.test.ts'],
    sizes: { runs: size('PROPERTY_RUNS', 1_000), documents: size('FUZZ_DOCUMENTS', 50_000) },
  },
  clocks: {
    about: "nodes with wrong clocks; needs Debian's faketime",
    files: ['torture/clocks.ts'],
    sizes: {},
  },
  receivers: {
    about: "the webhook receivers of the guide; needs Debian's python3 and php-cli",
    files: ['torture/receivers.ts'],
    sizes: {},
  },
  poolers: {
    about: "the gateway behind a pooler of sessions and one of transactions; needs Debian's pgbouncer",
    files: ['torture/poolers.ts'],
    sizes: {},
  },
  failover: {
    about:
      "a primary that ends under load, with an asynchronous standby and a synchronous one; needs Debian's PostgreSQL 15",
    files: ['torture/failover.ts'],
    sizes: { seconds: size('FAILOVER_SECONDS', 30) },
  },
  container: {
    about: "the image of the Containerfile, built and run; needs root, and Debian's buildah and debootstrap",
    files: ['torture/container.ts'],
    sizes: {},
  },
};

/** Those that need packages of Debian; their files are no tests by name, so that the ordinary test run leaves them out. */
const NEED_PACKAGES = new Set(['clocks', 'receivers', 'poolers', 'failover', 'container']);

/** What CI runs longer than the ordinary test run does. */
const SHORT: ReadonlyArray<readonly [string, Readonly<Record<string, string>>]> = [
  ['log', { seconds: '60' }],
  ['reconnect', { seconds: '30' }],
  ['crash', { kills: '10' }],
];

/** Runs one torture test at full length, or at the sizes given; its exit code. */
function run(name: string, given: Readonly<Record<string, unknown>>): number {
  const torture = Object.hasOwn(TORTURES, name) ? TORTURES[name] : undefined;
  if (!torture) return fail(`there is no torture test "${name}"`);
  const unknown = Object.keys(given).find((option) => !Object.hasOwn(torture.sizes, option));
  if (unknown !== undefined) return fail(`${name} has no option --${unknown}`);
  const sizes = Object.entries(torture.sizes).map(([option, { variable, full }]) => {
    return [variable, String(given[option] ?? full)];
  });
  const files = torture.files.map((file) => join('test', file));
  console.log(`${name}: ${torture.about}`);
  const { status } = spawnSync('npx', ['vitest', 'run', ...files], {
    stdio: 'inherit',
    env: { ...process.env, ...Object.fromEntries(sizes), ...(NEED_PACKAGES.has(name) ? { TORTURE: name } : {}) },
  });
  return status ?? 1;
}

function fail(message: string): number {
  console.error(`${message}\n\n${usage()}`);
  return 1;
}

function usage(): string {
  const rows = Object.entries(TORTURES).map(([name, { about, sizes }]) => {
    const options = Object.entries(sizes).map(([option, { full }]) => `--${option} ${full}`);
    return `  ${name.padEnd(12)} ${about} ${options.length > 0 ? `(${options.join(' ')})` : ''}`;
  });
  return [
    'npm run torture -- <name> [options]',
    '',
    ...rows,
    '',
    '  all          all of them but those that need packages of Debian',
  ].join('\n');
}

const names = new Set(Object.values(TORTURES).flatMap(({ sizes }) => Object.keys(sizes)));
const options = Object.fromEntries([...names].map((option) => [option, { type: 'string' as const }]));
const { values, positionals } = parseArgs({ allowPositionals: true, options });
const [name] = positionals;
if (name === undefined) console.log(usage());
else if (name === 'short') process.exitCode = SHORT.some(([each, sizes]) => run(each, sizes) !== 0) ? 1 : 0;
else if (name === 'all') {
  const failed = Object.keys(TORTURES).filter((each) => !NEED_PACKAGES.has(each) && run(each, {}) !== 0);
  if (failed.length > 0) process.exitCode = fail(`failed: ${failed.join(', ')}`);
} else process.exitCode = run(name, values);
