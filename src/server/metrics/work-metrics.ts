import { Counter, Histogram, type Registry } from 'prom-client';
import type { Meter } from '../../services/app.ts';
import { type Database, queryable } from '../../store/connection/database.ts';
import { countDueWork, findGreatestLag } from '../../store/due-work/due-work.ts';
import { countQuarantined } from '../../store/transactions/bank-messages.ts';
import { findLateEndpoints } from '../../store/webhooks/deliveries.ts';
import { cached } from '../cached.ts';
import { addDatabaseGauge, CACHED_MS } from './database-gauge.ts';

const LAG_BUCKETS_SECONDS = [0.1, 0.3, 1, 3, 10, 60, 600, 3_600];

/** Creates the metrics of due work, bank answers and transactions. */
export function createWorkMetrics(
  database: Database,
  registers: Registry[],
): Pick<Meter, 'done' | 'failed' | 'quarantined' | 'transaction' | 'webhookAttempted' | 'bankFile'> {
  const lag = new Histogram({
    name: 'gateway_due_work_lag_seconds',
    help: 'Seconds from the due time of jobs to their start, on the clock of their merchant, by kind.',
    labelNames: ['kind'],
    buckets: LAG_BUCKETS_SECONDS,
    registers,
  });
  const done = new Counter({
    name: 'gateway_due_work_done_total',
    help: 'Due jobs completed, by kind.',
    labelNames: ['kind'],
    registers,
  });
  const failures = new Counter({
    name: 'gateway_due_work_failures_total',
    help: 'Steps of due work that failed and will be retried, by kind.',
    labelNames: ['kind'],
    registers,
  });
  const quarantine = new Counter({
    name: 'gateway_bank_answers_quarantined_total',
    help: 'Bank answers quarantined because no transition allows them.',
    registers,
  });
  const transactions = new Counter({
    name: 'gateway_transactions_total',
    help: 'Transitions of transactions, by the status reached and its return code, if any, since this node started.',
    labelNames: ['status', 'code'],
    registers,
  });
  const attempts = new Counter({
    name: 'gateway_webhook_attempts_total',
    help: 'Attempts to deliver events to webhook endpoints, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  const files = new Counter({
    name: 'gateway_bank_files_total',
    help: 'Files exchanged with banks, by outcome (written, taken or rejected).',
    labelNames: ['outcome'],
    registers,
  });
  const late = cached(() => findLateEndpoints(queryable(database)), CACHED_MS);
  addDatabaseGauge(registers, {
    name: 'gateway_webhook_endpoints_due',
    help: 'Webhook endpoints that have due deliveries and do not fail.',
    read: async () => (await late()).count,
  });
  addDatabaseGauge(registers, {
    name: 'gateway_webhook_lag_seconds',
    help: 'Seconds by which the most overdue delivery to a webhook endpoint that does not fail is late; 0 when none is due.',
    read: async () => (await late()).seconds,
  });
  addDatabaseGauge(registers, {
    name: 'gateway_bank_answers_quarantined_open',
    help: 'Quarantined bank answers that no later answer has explained; each needs investigation.',
    read: () => countQuarantined(queryable(database)),
  });
  addDatabaseGauge(registers, {
    name: 'gateway_due_work_due',
    help: 'Jobs that are due and not completed yet.',
    read: () => countDueWork(queryable(database)),
  });
  addDatabaseGauge(registers, {
    name: 'gateway_due_work_greatest_lag_seconds',
    help: 'Seconds by which the most overdue job is late, on the clock of its merchant; 0 when none is due.',
    read: () => findGreatestLag(queryable(database)),
  });
  return {
    done(kind, count, lagMs) {
      lag.observe({ kind }, lagMs / 1_000);
      done.inc({ kind }, count);
    },
    failed: (kind) => failures.inc({ kind }),
    quarantined: (count) => quarantine.inc(count),
    webhookAttempted: (outcome) => attempts.inc({ outcome }),
    bankFile: (outcome) => files.inc({ outcome }),
    transaction: (status, code) => transactions.inc({ status, code: code ?? '' }),
  };
}
