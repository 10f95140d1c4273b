import type { ServerResponse } from 'node:http';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Bank } from '../../bank/bank.ts';
import type { Log, Meter } from '../../services/app.ts';
import { type Database, queryable } from '../../store/connection/database.ts';
import { findUnsequenced } from '../../store/events/events.ts';
import { cached } from '../cached.ts';
import { send } from '../http/send.ts';
import { createBankMetrics } from './bank-metrics.ts';
import { addDatabaseGauge, CACHED_MS } from './database-gauge.ts';
import { createLoopWatch } from './loop-watch.ts';
import { createNodeMetrics, type NodeMetrics } from './node-metrics.ts';
import { createWorkMetrics } from './work-metrics.ts';

/** The ways in; GET stands for whatever else HTTP has. */
export type Transport = 'POST' | 'GET' | 'SSE' | 'WebSocket';

/** What whoever runs the gateway watches. It says nothing of any merchant. */
export interface Metrics extends NodeMetrics {
  readonly meter: Meter;
  /** An operation came in. Over HTTP it is timed by its response, if that is no stream. */
  asked(transport: Transport, response?: ServerResponse): void;
  /** Events were sent to those who are live, so long after they were written. */
  delivered(ms: number): void;
  /** A bank whose calls are timed. */
  meterBank(bank: Bank): Bank;
  /** A number that is asked for when it is looked at. */
  gauge(name: string, help: string, read: () => number): void;
  /** Answers with everything, in the text format of Prometheus. */
  answer(response: ServerResponse): Promise<void>;
  stop(): void;
}

const REQUEST_BUCKETS_SECONDS = [0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];

/** The metrics of a node, with its connections for callers and for what goes on behind them. */
export function createMetrics(callers: Database, background: Database, log: Log): Metrics {
  const register = new Registry();
  const registers = [register];
  const work = createWorkMetrics(background, registers);
  const watch = createLoopWatch(log, registers);
  const errors = new Counter({
    name: 'gateway_errors_total',
    help: 'Errors that callers were answered with.',
    labelNames: ['code'],
    registers,
  });
  const operations = new Counter({
    name: 'gateway_operations_total',
    help: 'Operations that were asked for, refused ones and subscriptions among them.',
    labelNames: ['transport'],
    registers,
  });
  const requests = new Histogram({
    name: 'gateway_http_request_seconds',
    help: 'From the arrival of a request to the end of its answer; streams are not timed.',
    labelNames: ['transport', 'status'],
    buckets: REQUEST_BUCKETS_SECONDS,
    registers,
  });
  const delivery = new Histogram({
    name: 'gateway_event_delivery_seconds',
    help: 'From when an event was written, just before its commit, to when it was sent to live subscribers.',
    buckets: REQUEST_BUCKETS_SECONDS,
    registers,
  });
  const gauge: Metrics['gauge'] = (name, help, read) => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  };
  const unsequenced = cached(() => findUnsequenced(queryable(background)), CACHED_MS);
  addDatabaseGauge(registers, {
    name: 'gateway_events_unsequenced',
    help: 'Events without a place in their log; streams show them once they have one.',
    read: async () => (await unsequenced()).count,
  });
  addDatabaseGauge(registers, {
    name: 'gateway_events_unsequenced_age_seconds',
    help: 'For how long the oldest event without a place in its log waits; 0 when there is none.',
    read: async () => (await unsequenced()).seconds,
  });
  for (const [name, { pool }] of Object.entries({ callers, background })) {
    gauge(`gateway_database_connections_${name}`, 'Connections that are open.', () => pool.totalCount);
    gauge(`gateway_database_connections_${name}_idle`, 'Connections that nobody uses.', () => pool.idleCount);
    gauge(`gateway_database_waiting_${name}`, 'Who waits for a connection.', () => pool.waitingCount);
  }
  const node = createNodeMetrics(background, registers);
  collectDefaultMetrics({ register });
  return {
    gauge,
    meterBank: createBankMetrics(registers),
    ...node,
    delivered: (ms) => delivery.observe(ms / 1_000),
    asked(transport, response) {
      operations.inc({ transport });
      if (!response || transport === 'SSE') return;
      const end = requests.startTimer({ transport });
      response.once('finish', () => end({ status: response.statusCode }));
    },
    meter: { ...work, refused: (code) => errors.inc({ code }), step: watch.begin },
    stop: watch.stop,
    async answer(response) {
      const body = await register.metrics();
      send(response, 200, { 'content-type': register.contentType }, body);
    },
  };
}
