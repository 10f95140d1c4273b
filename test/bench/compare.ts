import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { choosePlacement, pin } from './compare/cpu.ts';
import { GATEWAYS, SERVER_NAMES, SERVERS_BY_DEFAULT, type ServerName } from './compare/dialects.ts';
import { WORKLOAD_NAMES, type WorkloadName } from './compare/inputs.ts';
import { startLoad } from './compare/load.ts';
import { type Measurement, measure } from './compare/measure.ts';
import { startOwnDatabase } from './compare/own-database.ts';
import { prepareRuntimes, type Runtime } from './compare/peers.ts';
import { tableOf } from './compare/report.ts';
import { readSample } from './compare/sample.ts';
import { removeWrites, seed } from './compare/seed.ts';
import { newSurroundings, type Server, type Surroundings, startServer } from './compare/servers.ts';
import { verifyAnswers } from './compare/verify.ts';

// `npm run bench`: the processor time of the gateway and PostgreSQL per request, beside that of other servers on the same database: a
// bare HTTP server with one prepared statement per request ("ceiling"), Mercurius with hand-written SQL, and PostGraphile. Their
// answers are compared before anything is measured. Times are of this machine; what to look at is how they compare.
//
//   npm run bench -- --payments 200000 --rounds 5 --workloads point,list --only gateway --seconds 3
//
// `--only gateway,spanless,traced` shows what traces cost: the gateway with traces off, without any code for them, and with traces on.

const PAYMENTS_MIN = 10_000;

interface Options {
  /** How many the merchant has. */
  readonly payments: number;
  readonly rounds: number;
  readonly workloads: readonly WorkloadName[];
  readonly servers: readonly ServerName[];
  /** Length of a measurement. */
  readonly seconds: number;
}

function readOptions(): Options {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      payments: { ...text, default: String(PAYMENTS_MIN) },
      rounds: { ...text, default: '3' },
      workloads: { ...text, default: WORKLOAD_NAMES.join() },
      only: { ...text, default: SERVERS_BY_DEFAULT.join() },
      seconds: { ...text, default: '2' },
    },
  });
  const only = chosen('only', values.only, SERVER_NAMES);
  return {
    payments: numberFrom('payments', values.payments, PAYMENTS_MIN),
    rounds: numberFrom('rounds', values.rounds, 1),
    workloads: chosen('workloads', values.workloads, WORKLOAD_NAMES),
    // All are compared to the ceiling.
    servers: SERVER_NAMES.filter((name) => name === 'ceiling' || only.includes(name)),
    seconds: numberFrom('seconds', values.seconds, 1),
  };
}

function numberFrom(option: string, text: string, min: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= min) return value;
  throw new Error(`--${option} must be a whole number of at least ${min}`);
}

function chosen<Name extends string>(option: string, text: string, names: readonly Name[]): Name[] {
  const given = text.split(',');
  const unknown = given.find((name) => !names.some((known) => known === name));
  if (unknown !== undefined) throw new Error(`--${option} has no "${unknown}", only ${names.join(', ')}`);
  return names.filter((name) => given.includes(name));
}

/** What has to be ended, the latest first. */
const closers: Array<() => unknown> = [];

async function close(): Promise<void> {
  for (let closer = closers.pop(); closer; closer = closers.pop()) await closer();
}

async function compare({ payments, rounds, workloads, servers: names, seconds }: Options): Promise<Measurement[]> {
  const runtimes = prepareRuntimes(names);
  const directory = mkdtempSync(join(tmpdir(), 'gateway-bench-'));
  closers.push(() => rmSync(directory, { recursive: true, force: true }));
  chmodSync(directory, 0o755);
  const placement = choosePlacement();
  const database = await startOwnDatabase(directory);
  closers.push(() => database.stop());
  pin(database.postmasterPid, placement?.rest);
  const surroundings = newSurroundings({
    databaseUrl: database.url,
    dataDir: join(directory, 'gateway'),
    processor: placement?.server,
  });

  // At its first start the gateway makes the demo merchant.
  const first = await startServer('gateway', process.execPath, surroundings);
  await first.stop();
  process.stderr.write(`seeding ${payments} payments\n`);
  const sample = await readSample(database.client, await seed(database, payments));
  const sampleFile = join(directory, 'sample.json');
  writeFileSync(sampleFile, JSON.stringify(sample));

  const servers = await startServers(runtimes, surroundings);
  const { apiKey } = surroundings;
  process.stderr.write('comparing answers\n');
  await verifyAnswers(servers, workloads, { database, sample, apiKey });
  await removeWrites(database);
  const load = startLoad(placement?.rest);
  closers.push(() => load.stop());
  return await measure({ database, load, servers, sampleFile, apiKey, rounds, seconds }, workloads);
}

/** Starts the servers. One of the others that cannot run is left out, and said to be. */
async function startServers(runtimes: ReadonlyMap<ServerName, Runtime>, surroundings: Surroundings): Promise<Server[]> {
  const servers: Server[] = [];
  for (const [name, runtime] of runtimes) {
    try {
      if ('absent' in runtime) throw new Error(runtime.absent);
      const server = await startServer(name, runtime.node, surroundings);
      closers.push(() => server.stop());
      servers.push(server);
    } catch (error) {
      if (name === 'ceiling' || GATEWAYS.has(name)) throw error;
      console.log(`Without ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return servers;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void close().finally(() => process.exit(130)));
}
try {
  const measurements = await compare(readOptions());
  console.log(tableOf(measurements));
  for (const { server, workload, failures, firstFailure } of measurements) {
    if (failures === 0) continue;
    console.error(`${server} failed ${failures} requests of ${workload}: ${firstFailure}`);
    process.exitCode = 1;
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await close();
}
