import { setTimeout as sleep } from 'node:timers/promises';
import { cpuOf, cpuOfFamily, cpuOfMachine } from './cpu.ts';
import type { ServerName } from './dialects.ts';
import type { WorkloadName } from './inputs.ts';
import type { Load } from './load.ts';
import type { Job, LoadResult } from './load-process.ts';
import type { OwnDatabase } from './own-database.ts';
import { removeWrites } from './seed.ts';
import type { Server } from './servers.ts';
import { WORKLOADS } from './workloads.ts';

/** One server under one workload in one round. Times are of the processors, in microseconds per request. */
export interface Measurement extends LoadResult {
  readonly workload: WorkloadName;
  readonly server: ServerName;
  readonly round: number;
  readonly serverUs: number;
  readonly postgresUs: number;
  /** How many processors the rest of the machine kept busy. */
  readonly otherLoad: number;
}

/** What measurements are made with. */
export interface Bench {
  readonly database: OwnDatabase;
  readonly load: Load;
  readonly servers: readonly Server[];
  readonly sampleFile: string;
  readonly apiKey: string;
  readonly rounds: number;
  readonly seconds: number;
}

interface Snapshot {
  readonly server: number;
  readonly postgres: number;
  readonly load: number;
  readonly machine: number;
  readonly atMs: number;
}

/** Time for the events of a write to be numbered, which belongs to it. */
const SETTLE_AFTER_WRITE_MS = 500;
const SETTLE_MS = 50;
const PRIMING_WINDOW_MS = 50;
/** So many batches at least. */
const ANSWERS_MIN = 5;

/** Measures each workload in rounds; each round visits each server once, every second one in reverse, so that drift meets all. */
export async function measure(bench: Bench, workloads: readonly WorkloadName[]): Promise<Measurement[]> {
  const { servers, rounds, seconds } = bench;
  const measurements: Measurement[] = [];
  for (const server of servers) server.pause();
  for (const workload of workloads) {
    // Each server compiles, plans and caches before anything counts.
    const priming = { warmupMs: 1_500 * seconds, durationMs: PRIMING_WINDOW_MS, answersMin: 1 };
    for (const server of servers) await measureOne(bench, server, { workload, round: -1, ...priming });
    const window = { warmupMs: 1_000 * seconds, durationMs: 1_000 * seconds, answersMin: ANSWERS_MIN };
    for (let round = 0; round < rounds; round += 1) {
      process.stderr.write(`${workload}, round ${round + 1} of ${rounds}\n`);
      for (const server of round % 2 === 0 ? servers : servers.toReversed()) {
        measurements.push(await measureOne(bench, server, { workload, round, ...window }));
      }
    }
  }
  return measurements;
}

async function measureOne(
  { database, load, sampleFile, apiKey }: Bench,
  server: Server,
  run: Omit<Job, 'server' | 'sampleFile' | 'apiKey'> & { round: number },
): Promise<Measurement> {
  const { round, ...measured } = run;
  const { workload } = measured;
  const { isWrite } = WORKLOADS[workload];
  const snapshot = (): Snapshot => ({
    server: cpuOf(server.pid),
    postgres: cpuOfFamily(database.postmasterPid),
    load: cpuOf(load.pid),
    machine: cpuOfMachine(),
    atMs: performance.now(),
  });
  let [opened, closed] = [snapshot(), snapshot()];
  await server.resume();
  const { name, url } = server;
  const job: Job = { ...measured, server: { name, url }, sampleFile, apiKey };
  const result = await load.run(job, {
    open() {
      opened = snapshot();
    },
    close() {
      closed = snapshot();
    },
  });
  await sleep(isWrite ? SETTLE_AFTER_WRITE_MS : SETTLE_MS);
  server.pause();
  if (isWrite) await removeWrites(database);
  const spent = (of: keyof Snapshot): number => closed[of] - opened[of];
  const ours = spent('server') + spent('postgres') + spent('load');
  return {
    ...result,
    workload,
    server: name,
    round,
    serverUs: spent('server') / result.count,
    postgresUs: spent('postgres') / result.count,
    otherLoad: Math.max(0, spent('machine') - ours) / (spent('atMs') * 1_000),
  };
}
