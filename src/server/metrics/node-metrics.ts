import { Counter, Gauge, type Registry } from 'prom-client';
import type { LoopReport } from '../../services/background-loop.ts';
import { type Database, queryable } from '../../store/connection/database.ts';
import { withTimeout } from '../../store/connection/with-timeout.ts';
import { VERSION } from '../version.ts';
import { CLOSE } from '../websocket/close-codes.ts';
import { addDatabaseGauge } from './database-gauge.ts';

/** How the node itself does, whatever it is asked. */
export interface NodeMetrics {
  /** Makes the report of a background loop, by its name. */
  loops(onError: (error: unknown) => void): (loop: string) => LoopReport;
  /** A socket was closed. */
  closed(code: number): void;
}

/** Sooner than a gauge of the database gives up. */
const REACHABLE_MS_MAX = 1_500;

async function isReachable(database: Database): Promise<number> {
  const answered = queryable(database).query('SELECT');
  return withTimeout(
    answered.then(() => 1),
    REACHABLE_MS_MAX,
    0,
  );
}

/** Those that we close with, and those of RFC 6455. */
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

export function createNodeMetrics(background: Database, registers: Registry[]): NodeMetrics {
  const succeeded = new Gauge({
    name: 'gateway_background_last_success_timestamp_seconds',
    help: 'When the last round of a background loop ended well: Unix time.',
    labelNames: ['loop'],
    registers,
  });
  const sockets = new Counter({
    name: 'gateway_sockets_closed_total',
    help: 'Sockets that were closed, by the code of WebSocket; 0 for codes of clients that are none of ours.',
    labelNames: ['code'],
    registers,
  });
  addDatabaseGauge(registers, {
    name: 'gateway_database_reachable',
    help: '1 while the database answers within 1.5 seconds, else 0.',
    read: () => isReachable(background),
  });
  new Gauge({
    name: 'gateway_build_info',
    help: 'What runs, always 1.',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version: VERSION, node: process.version }, 1);
  return {
    loops: (onError) => (loop) => ({ onError, onSuccess: () => succeeded.set({ loop }, Date.now() / 1_000) }),
    closed: (code) => sockets.inc({ code: CLOSE_CODES.has(code) ? code : 0 }),
  };
}
