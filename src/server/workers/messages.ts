import type { ProcessMetrics } from '../metrics/metrics.ts';

/** What the primary process tells a worker. */
export type ToWorker =
  /** Start: the address of the database, the key of the demo merchant for GraphiQL, and the port. */
  | {
      readonly type: 'START';
      readonly databaseUrl: string;
      readonly demoKey: string | null;
      readonly port: number;
    }
  /** Answer with your metrics. */
  | { readonly type: 'COLLECT'; readonly nth: number }
  /** The metrics of all processes, for a worker that asked. */
  | { readonly type: 'GATHERED'; readonly nth: number; readonly metrics: readonly ProcessMetrics[] }
  /** From now on `/readyz` answers 503. */
  | { readonly type: 'ANNOUNCE_STOP' }
  | { readonly type: 'STOP' };

/** What a worker tells the primary process. */
export type ToPrimary =
  /** The worker listens for messages. */
  | { readonly type: 'READY' }
  | { readonly type: 'SERVING' }
  /** The worker cannot start, for a reason that the operator can mend. */
  | { readonly type: 'FAILED'; readonly message: string }
  | { readonly type: 'COLLECTED'; readonly nth: number; readonly metrics: ProcessMetrics }
  | { readonly type: 'GATHER'; readonly nth: number };
