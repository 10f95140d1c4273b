import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { itemAt } from '../../../src/domain/invariants.ts';
import { openDialect, type ServerName } from './dialects.ts';
import { Connection, encodeRequest, type Response, textOf } from './http-client.ts';
import type { WorkloadName } from './inputs.ts';
import type { Sample } from './sample.ts';
import { placesOfSerials, stamp } from './serials.ts';
import { inputsOf, WORKLOADS } from './workloads.ts';

// The process that makes the load, so that what it costs is told apart from the rest. It says when its window opens and closes.

/** One run of load. */
export interface Job {
  readonly server: { readonly name: ServerName; readonly url: string };
  readonly workload: WorkloadName;
  /** The file with the sample. */
  readonly sampleFile: string;
  readonly apiKey: string;
  readonly warmupMs: number;
  readonly durationMs: number;
  /** Minimum number of answers in the measured window. */
  readonly answersMin: number;
}

/** What came back within the window. */
export interface LoadResult {
  readonly count: number;
  /** Responses that were none, or had errors in them. */
  readonly failures: number;
  readonly firstFailure: string | null;
  readonly perSecond: number;
  /** Null when nothing came back. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/** What this process says. After `open` it waits for any message: the window opens then. */
export type LoadMessage =
  | { readonly type: 'open' }
  | { readonly type: 'close' }
  | { readonly type: 'result'; readonly result: LoadResult }
  | { readonly type: 'failed'; readonly reason: string };

const SEED = 42;
const DRAIN_WAIT_MS = 10_000;
const WINDOW_MS_MAX = 60_000;
/** An error of GraphQL, or of a record. */
const ERRORS = Buffer.from('"errors":[{');

const say = (message: LoadMessage): void => void process.send?.(message);
const heard = (): Promise<unknown> => new Promise((resolve) => process.once('message', resolve));

async function run(job: Job): Promise<LoadResult> {
  const requests = await requestsOf(job.workload, job);
  const places = requests.map(placesOfSerials);
  const connections = Array.from({ length: WORKLOADS[job.workload].concurrency }, () => new Connection(job.server.url));
  await Promise.all(connections.map((connection) => connection.ready()));
  const tookMs: number[] = [];
  let [failures, firstFailure, phase]: [number, string | null, 'before' | 'open' | 'over'] = [0, null, 'before'];
  let onAnswer = (): void => {};
  let next = Math.floor(Math.random() * requests.length);

  const sendOne = (connection: Connection): Promise<boolean> =>
    new Promise((resolve) => {
      next = (next + 1) % requests.length;
      const request = itemAt(requests, next);
      stamp(request, itemAt(places, next));
      const sentAt = performance.now();
      connection.send(request, (error, response) => {
        if (phase === 'open') tookMs.push(performance.now() - sentAt);
        const failure = failureOf(error, response);
        if (failure !== null && phase !== 'over') {
          failures += 1;
          firstFailure ??= failure;
        }
        onAnswer();
        resolve(error === null);
      });
    });
  const sending = connections.map(async (connection) => {
    while (phase !== 'over' && (await sendOne(connection)));
  });

  // The window opens and closes with an answer: a request that takes long is then counted whole.
  const nextAnswer = (): Promise<void> => {
    const answered = new Promise<void>((resolve) => {
      onAnswer = resolve;
    });
    return Promise.race([answered, sleep(WINDOW_MS_MAX)]);
  };

  await sleep(job.warmupMs);
  await nextAnswer();
  const opened = heard();
  say({ type: 'open' });
  await opened;
  const openedAt = performance.now();
  phase = 'open';
  await sleep(job.durationMs);
  do await nextAnswer();
  while (tookMs.length < job.answersMin && performance.now() - openedAt < WINDOW_MS_MAX);
  phase = 'over';
  const seconds = (performance.now() - openedAt) / 1_000;
  say({ type: 'close' });
  await Promise.race([Promise.all(sending), sleep(DRAIN_WAIT_MS)]);
  for (const connection of connections) connection.close();
  tookMs.sort((one, other) => one - other);
  const at = (share: number): number | null => tookMs[Math.max(0, Math.ceil(share * tookMs.length) - 1)] ?? null;
  const count = tookMs.length;
  return { count, failures, firstFailure, perSecond: count / seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}

async function requestsOf<Name extends WorkloadName>(workload: Name, job: Job): Promise<Buffer[]> {
  const { server, sampleFile, apiKey } = job;
  const sample = JSON.parse(readFileSync(sampleFile, 'utf8')) as Sample;
  const { headers, exchanges } = await openDialect(server, sample, apiKey);
  const { path, body } = exchanges[workload];
  return inputsOf(workload, sample, { seed: SEED }).map((input) => {
    return encodeRequest(server.url, { path, headers, body: JSON.stringify(body(input)) });
  });
}

function failureOf(error: Error | null, response: Response | null): string | null {
  if (response === null) return String(error);
  if (response.status === 200 && !response.body.includes(ERRORS)) return null;
  return `${response.status} ${textOf(response.body).slice(0, 300)}`;
}

for (;;) {
  const job = (await heard()) as Job;
  try {
    say({ type: 'result', result: await run(job) });
  } catch (error) {
    say({ type: 'failed', reason: String(error) });
  }
}
