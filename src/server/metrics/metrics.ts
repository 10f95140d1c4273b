import type { ServerResponse } from 'node:http';
import {
  AggregatorRegistry,
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  type MetricObjectWithValues,
  type MetricValue,
  Registry,
} from 'prom-client';
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

/** Transports of an operation. GET stands for every HTTP request that is neither POST nor SSE. */
export type Transport = 'POST' | 'GET' | 'SSE' | 'WebSocket';

/** Metrics for the operator. They contain nothing of any merchant. */
export interface Metrics extends NodeMetrics {
  readonly meter: Meter;
  /** Counts an operation. Over HTTP the request is timed until its response ends, unless it is a stream. */
  asked(transport: Transport, response?: ServerResponse): void;
  /** Records the milliseconds between the writing of events and their delivery to live subscribers. */
  delivered(ms: number): void;
  /** Wraps a bank so that its calls are timed and traced. */
  meterBank(bank: Bank): Bank;
  /** Adds a gauge that is read at each scrape. Those of several worker processes are added up by default. */
  gauge(name: string, help: string, read: () => number, aggregator?: Aggregator): void;
  /** Returns the metrics of this process. */
  collect(): Promise<ProcessMetrics>;
  /** Answers with all metrics in the text format of Prometheus. */
  answer(response: ServerResponse): Promise<void>;
  stop(): void;
}

/** The metrics of one process. */
export type ProcessMetrics = ReadonlyArray<MetricObjectWithValues<MetricValue<string>>>;

/** Returns the metrics of all processes that serve the port. */
export type Gather = () => Promise<readonly ProcessMetrics[]>;

/** How the values of several processes become one. */
export type Aggregator = 'sum' | 'min' | 'max';

const REQUEST_BUCKETS_SECONDS = [0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];

type Durations = Histogram<'transport' | 'status'>;

/** Returns a function for the histogram of a transport and status, which is looked up by its labels once. */
function childrenOf(requests: Durations) {
  const known = new Map<string, ReturnType<Durations['labels']>>();
  return (transport: Transport, status: number) => {
    const key = `${transport} ${status}`;
    const durations = known.get(key) ?? requests.labels({ transport, status });
    known.set(key, durations);
    return durations;
  };
}

/**
 * Creates the metrics of a node, with its database pools for callers and for background work. With `gather`, it answers with
 * those of all processes.
 */
export function createMetrics(callers: Database, background: Database, log: Log, gather?: Gather): Metrics {
  const register = new Registry();
  const registers = [register];
  const work = createWorkMetrics(background, registers);
  const watch = createLoopWatch(log, registers);
  const errors = new Counter({
    name: 'gateway_errors_total',
    help: 'Errors returned to callers, by error code.',
    labelNames: ['code'],
    registers,
  });
  const operations = new Counter({
    name: 'gateway_operations_total',
    help: 'Operations requested, by transport, including refused ones and subscriptions.',
    labelNames: ['transport'],
    registers,
  });
  const requests = new Histogram({
    name: 'gateway_http_request_seconds',
    help: 'Duration of HTTP requests in seconds, from arrival to the end of the response; streams are not timed.',
    labelNames: ['transport', 'status'],
    buckets: REQUEST_BUCKETS_SECONDS,
    registers,
  });
  const delivery = new Histogram({
    name: 'gateway_event_delivery_seconds',
    help: 'Seconds from the writing of an event, just before its commit, to its delivery to live subscribers.',
    buckets: REQUEST_BUCKETS_SECONDS,
    registers,
  });
  const gauge: Metrics['gauge'] = (name, help, read, aggregator = 'sum') => {
    new Gauge({
      name,
      help,
      registers,
      aggregator,
      collect() {
        this.set(read());
      },
    });
  };
  const unsequenced = cached(() => findUnsequenced(queryable(background)), CACHED_MS);
  addDatabaseGauge(registers, {
    name: 'gateway_events_unsequenced',
    help: 'Events that are not sequenced yet; streams deliver them once they are.',
    read: async () => (await unsequenced()).count,
  });
  addDatabaseGauge(registers, {
    name: 'gateway_events_unsequenced_age_seconds',
    help: 'Age in seconds of the oldest event that is not sequenced yet; 0 when there is none.',
    read: async () => (await unsequenced()).seconds,
  });
  for (const [name, { pool }] of Object.entries({ callers, background })) {
    gauge(`gateway_database_connections_${name}`, 'Open database connections.', () => pool.totalCount);
    gauge(`gateway_database_connections_${name}_idle`, 'Idle database connections.', () => pool.idleCount);
    gauge(`gateway_database_waiting_${name}`, 'Statements that wait for a connection.', () => pool.waitingCount);
  }
  const durationsOf = childrenOf(requests);
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
      const begunAt = performance.now();
      response.once('finish', () =>
        durationsOf(transport, response.statusCode).observe((performance.now() - begunAt) / 1_000),
      );
    },
    meter: { ...work, refused: (code) => errors.inc({ code }), step: watch.begin },
    stop: watch.stop,
    collect: () => register.getMetricsAsJSON(),
    async answer(response) {
      const shown = gather ? AggregatorRegistry.aggregate([...(await gather())]) : register;
      send(response, 200, { 'content-type': register.contentType }, await shown.metrics());
    },
  };
}
