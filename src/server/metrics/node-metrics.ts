import { Counter, Gauge, type Registry } from 'prom-client';
import type { LoopReport } from '../../services/background-loop.ts';
import { type Database, queryable } from '../../store/connection/database.ts';
import { withTimeout } from '../../store/connection/with-timeout.ts';
import { VERSION } from '../version.ts';
import { CLOSE } from '../websocket/close-codes.ts';
import { addDatabaseGauge } from './database-gauge.ts';

/** Metrics of the node itself, independent of its requests. */
export interface NodeMetrics {
  /** Returns a function that creates the report of a background loop, by its name. */
  loops(onError: (error: unknown) => void): (loop: string) => LoopReport;
  /** Counts a closed WebSocket by its close code. */
  closed(code: number): void;
}

/** Shorter than the timeout of a database gauge, so that the gauge is 0 and not NaN. */
const REACHABLE_MS_MAX = 1_500;

async function isReachable(database: Database): Promise<number> {
  const answered = queryable(database).query('SELECT');
  return withTimeout(
    answered.then(() => 1),
    REACHABLE_MS_MAX,
    0,
  );
}

/** Close codes of the gateway and of RFC 6455. Others, which clients may choose freely, are counted as 0. */
const CLOSE_CODES: ReadonlySet<number> = new Set([
  ...Object.values(CLOSE).map(([code]) => code),
  1000,
  1001,
  1002,
  1003,
  1005,
  1006,
  1007,
  1008,
  1009,
  1011,
]);

/** Creates the metrics of the node itself. */
export function createNodeMetrics(background: Database, registers: Registry[]): NodeMetrics {
  const succeeded = new Gauge({
    name: 'gateway_background_last_success_timestamp_seconds',
    help: 'Unix time in seconds at which a background loop last succeeded, by loop.',
    labelNames: ['loop'],
    registers,
    // The oldest, so that a process whose loop has stopped is seen.
    aggregator: 'min',
  });
  const sockets = new Counter({
    name: 'gateway_sockets_closed_total',
    help: 'WebSockets closed, by close code; 0 stands for unknown codes sent by clients.',
    labelNames: ['code'],
    registers,
  });
  addDatabaseGauge(registers, {
    name: 'gateway_database_reachable',
    help: `1 while the database answers within ${REACHABLE_MS_MAX} ms, else 0.`,
    read: () => isReachable(background),
  });
  new Gauge({
    name: 'gateway_build_info',
    help: 'Always 1; the labels are the versions of the gateway and of Node.js.',
    labelNames: ['version', 'node'],
    registers,
    aggregator: 'max',
  }).set({ version: VERSION, node: process.version }, 1);
  return {
    loops: (onError) => (loop) => ({ onError, onSuccess: () => succeeded.set({ loop }, Date.now() / 1_000) }),
    closed: (code) => sockets.inc({ code: CLOSE_CODES.has(code) ? code : 0 }),
  };
}
