import cluster from 'node:cluster';
import { readConfig } from '../config.ts';
import type { Node } from '../gateway.ts';
import { loadSecret } from '../identity/load-secret.ts';
import { createLog } from '../log.ts';
import type { ProcessMetrics } from '../metrics/metrics.ts';
import { openPort, startOnDatabase } from '../start.ts';
import { StartError } from '../start-error.ts';
import { startTracing } from '../tracing/start-tracing.ts';
import type { ToPrimary, ToWorker } from './messages.ts';
import { shareOf } from './share.ts';

// Entry point of a worker process. The primary process says when it starts and stops; signals, which a terminal sends to all
// processes of a group, are left to the primary.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});

const config = shareOf(readConfig(process.env));
const log = createLog(config.logLevel);
const gathering = new Map<number, (metrics: readonly ProcessMetrics[]) => void>();
let asked = 0;
let node: Node | null = null;
let isStopping = false;
const tracing = startTracing(config.tracing, log);

process.on('message', (message: ToWorker) => {
  switch (message.type) {
    case 'START':
      return run(start(message));
    case 'COLLECT':
      return run(collect(message.nth));
    case 'GATHERED':
      return gathering.get(message.nth)?.(message.metrics);
    case 'ANNOUNCE_STOP':
      return node?.announceStop();
    case 'STOP':
      return run(stop());
  }
});
// Without its primary process a worker has no port: it stops in order, or at once when it is stopping already. Node would end it
// by itself, did it not believe that this was asked for.
if (cluster.worker) cluster.worker.exitedAfterDisconnect = true;
process.on('disconnect', () => (isStopping ? process.exit(1) : run(stop())));
tell({ type: 'READY' });

async function start({ databaseUrl, demoKey, port }: Extract<ToWorker, { type: 'START' }>): Promise<void> {
  try {
    node = await startOnDatabase(config, databaseUrl, { log, secrets: loadSecret(config), gather });
    await openPort(node, demoKey, { ...config, port });
    tell({ type: 'SERVING' });
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    tell({ type: 'FAILED', message: error.message });
    await stop();
  }
}

async function collect(nth: number): Promise<void> {
  tell({ type: 'COLLECTED', nth, metrics: (await node?.collectMetrics()) ?? [] });
}

/** Returns the metrics of all processes, which the primary process collects. */
function gather(): Promise<readonly ProcessMetrics[]> {
  asked += 1;
  const nth = asked;
  return new Promise<readonly ProcessMetrics[]>((resolve) => {
    gathering.set(nth, resolve);
    tell({ type: 'GATHER', nth });
  }).finally(() => gathering.delete(nth));
}

async function stop(): Promise<void> {
  isStopping = true;
  await node?.stop();
  await (await tracing).stop();
  process.exit(0);
}

function tell(message: ToPrimary): void {
  if (process.connected) process.send?.(message);
}

/** Runs the work of a message; a failure is logged and ends the worker, which the primary process replaces. */
function run(work: Promise<void>): void {
  work.catch((error: unknown) => {
    log.error({ err: error }, 'a worker process failed; it ends');
    process.exit(1);
  });
}
