import cluster, { type Worker } from 'node:cluster';
import { join } from 'node:path';
import type { Log } from '../../services/app.ts';
import { PROJECT_ROOT } from '../../store/connection/project-root.ts';
import { withTimeout } from '../../store/connection/with-timeout.ts';
import { freePort } from '../embedded-postgres/server-process.ts';
import type { ProcessMetrics } from '../metrics/metrics.ts';
import { StartError } from '../start-error.ts';
import { createCollector } from './collector.ts';
import type { ToPrimary, ToWorker } from './messages.ts';

/** A worker that ended by itself is replaced after this time. */
const REPLACE_MS = 1_000;
/** Time for a worker to stop in order; then it is killed. */
const STOP_MS = 20_000;

/** The worker processes, which share one port. */
export interface Workers {
  readonly port: number;
  /** From now on `/readyz` answers 503. */
  announceStop(): void;
  /** Resolves when every worker has ended. */
  stop(): Promise<void>;
}

/** What workers start with, and what the primary process adds to the metrics. */
export interface WorkersOptions {
  readonly count: number;
  /** 0 chooses a free port. */
  readonly port: number;
  readonly databaseUrl: string;
  readonly demoKey: string | null;
  readonly log: Log;
  readonly collectOwn: () => Promise<ProcessMetrics>;
}

/**
 * Starts worker processes and resolves when all of them serve the port. Throws a StartError when one cannot start. A worker
 * that ends by itself later is replaced.
 */
export async function startWorkers({ count, log, ...options }: WorkersOptions): Promise<Workers> {
  cluster.setupPrimary({
    exec: join(PROJECT_ROOT, 'dist/server/workers/worker.js'),
    args: [],
    // The default serialization has no NaN, which metrics have.
    serialization: 'advanced',
  });
  const ready = new WeakSet<Worker>();
  const collector = createCollector(options.collectOwn, () => runningWorkers().filter((worker) => ready.has(worker)));
  // Workers that listen on port 0 share one, but another when all of them have ended.
  const port = options.port === 0 ? await freePort() : options.port;
  let isStopping = false;

  async function start(): Promise<void> {
    const worker = cluster.fork();
    worker.on('message', (message: ToPrimary) => {
      if (message.type === 'READY') {
        ready.add(worker);
        tell(worker, { type: 'START', databaseUrl: options.databaseUrl, demoKey: options.demoKey, port });
      }
      collector.hear(worker, message);
    });
    await untilServing(worker);
    worker.once('exit', (code, signal) => {
      collector.bury(worker);
      if (isStopping) return;
      log.error({ pid: worker.process.pid, code, signal }, 'a worker process ended by itself; it is replaced');
      setTimeout(replace, REPLACE_MS);
    });
  }

  function replace(): void {
    if (isStopping) return;
    start().catch((error: unknown) => {
      log.error({ err: error }, 'a worker process could not be replaced; it is tried again');
      setTimeout(replace, REPLACE_MS);
    });
  }

  async function stop(): Promise<void> {
    isStopping = true;
    await Promise.all(
      runningWorkers().map(async (worker) => {
        const ended = new Promise<true>((resolve) => worker.once('exit', () => resolve(true)));
        // A worker that does not listen yet has begun nothing, and would not hear.
        if (ready.has(worker)) tell(worker, { type: 'STOP' });
        if (ready.has(worker) && (await withTimeout(ended, STOP_MS, false))) return;
        worker.process.kill('SIGKILL');
        await ended;
      }),
    );
  }

  try {
    await Promise.all(Array.from({ length: count }, start));
    return {
      port,
      announceStop() {
        isStopping = true;
        for (const worker of runningWorkers()) tell(worker, { type: 'ANNOUNCE_STOP' });
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function runningWorkers(): Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined && !worker.isDead()) as Worker[];
}

function tell(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message);
}

function untilServing(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.on('message', (message: ToPrimary) => {
      if (message.type === 'SERVING') resolve();
      if (message.type === 'FAILED') reject(new StartError(message.message));
    });
    worker.once('exit', (code) => reject(new Error(`a worker process ended with code ${code} while it started`)));
  });
}
