import cluster, { type Worker } from 'node:cluster';
import { join } from 'node:path';
import type { Log } from '../../services/app.ts';
import { PROJECT_ROOT } from '../../store/connection/project-root.ts';
import { withTimeout } from '../../store/connection/with-timeout.ts';
import type { ProcessMetrics } from '../metrics/metrics.ts';
import { StartError } from '../start-error.ts';
import type { ToPrimary, ToWorker } from './messages.ts';

/** A worker that does not answer in time is left out of the metrics. */
const COLLECT_MS_MAX = 2_000;
/** A worker that ended by itself is replaced after this time. */
const REPLACE_MS = 1_000;

/** The worker processes, which share one port. */
export interface Workers {
  readonly port: number;
  /** From now on `/readyz` answers 503. */
  announceStop(): void;
  /** Resolves when every worker has stopped in order. */
  stop(): Promise<void>;
}

/** What workers start with, and what the primary process adds to the metrics. */
export interface WorkersOptions {
  readonly count: number;
  readonly databaseUrl: string;
  readonly demoKey: string | null;
  readonly log: Log;
  readonly collectOwn: () => Promise<ProcessMetrics>;
}

/**
 * Starts worker processes and resolves when all of them serve the port. Throws a StartError when one cannot start. A worker
 * that ends by itself later is replaced.
 */
export async function startWorkers(options: WorkersOptions): Promise<Workers> {
  const { count, log } = options;
  // The default serialization has no NaN, which metrics have.
  cluster.setupPrimary({
    exec: join(PROJECT_ROOT, 'dist/server/workers/worker.js'),
    args: [],
    serialization: 'advanced',
  });
  const collector = createCollector(options.collectOwn);
  const ready = new WeakSet<Worker>();
  let isStopping = false;
  const start = (): Promise<number> => {
    const worker = cluster.fork();
    worker.on('message', (message: ToPrimary) => {
      if (message.type === 'READY') {
        ready.add(worker);
        tell(worker, { type: 'START', databaseUrl: options.databaseUrl, demoKey: options.demoKey });
      }
      collector.hear(worker, message);
    });
    return untilServing(worker);
  };
  const stop = async (): Promise<void> => {
    isStopping = true;
    const ends = running().map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
    for (const worker of running()) {
      // A worker that does not listen yet has begun nothing, and would not hear.
      if (ready.has(worker)) tell(worker, { type: 'STOP' });
      else worker.process.kill('SIGKILL');
    }
    await Promise.all(ends);
  };
  try {
    const [port = 0] = await Promise.all(Array.from({ length: count }, start));
    cluster.on('exit', ({ process: { pid } }, code, signal) => {
      if (isStopping) return;
      log.error({ pid, code, signal }, 'a worker process ended by itself; it is replaced');
      const replace = (): void => {
        if (isStopping) return;
        start().catch((error: unknown) => log.error({ err: error }, 'a worker process could not be replaced'));
      };
      setTimeout(replace, REPLACE_MS);
    });
    return {
      port,
      announceStop() {
        isStopping = true;
        for (const worker of running()) tell(worker, { type: 'ANNOUNCE_STOP' });
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function running(): Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined && !worker.isDead()) as Worker[];
}

function tell(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message);
}

function untilServing(worker: Worker): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.on('message', (message: ToPrimary) => {
      if (message.type === 'SERVING') resolve(message.port);
      if (message.type === 'FAILED') reject(new StartError(message.message));
    });
    worker.once('exit', (code) => reject(new Error(`a worker process ended with code ${code} while it started`)));
  });
}

/** Gathers the metrics of all processes for a worker that was asked for them. */
function createCollector(collectOwn: () => Promise<ProcessMetrics>) {
  const waiting = new Map<number, (metrics: ProcessMetrics) => void>();
  let last = 0;
  const collectFrom = (worker: Worker): Promise<ProcessMetrics | null> => {
    last += 1;
    const nth = last;
    const collected = new Promise<ProcessMetrics>((resolve) => waiting.set(nth, resolve));
    tell(worker, { type: 'COLLECT', nth });
    return withTimeout(collected, COLLECT_MS_MAX, null).finally(() => waiting.delete(nth));
  };
  return {
    hear(worker: Worker, message: ToPrimary): void {
      if (message.type === 'COLLECTED') waiting.get(message.nth)?.(message.metrics);
      if (message.type !== 'GATHER') return;
      Promise.all([collectOwn(), ...running().map(collectFrom)]).then(
        (found) => tell(worker, { type: 'GATHERED', nth: message.nth, metrics: found.filter((item) => item !== null) }),
        () => {},
      );
    },
  };
}
