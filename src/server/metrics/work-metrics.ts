import { Counter, Histogram, type Registry } from 'prom-client';
import type { Meter } from '../../services/app.ts';
import { type Database, queryable } from '../../store/connection/database.ts';
import { countDueWork, findGreatestLag } from '../../store/due-work.ts';
import { countQuarantined } from '../../store/transactions/bank-messages.ts';
import { addDatabaseGauge } from './database-gauge.ts';

const LAG_BUCKETS_SECONDS = [0.1, 0.3, 1, 3, 10, 60, 600, 3_600];

/** The metrics of the work that the clock brings about. */
export function createWorkMetrics(
  database: Database,
  registers: Registry[],
): Pick<Meter, 'done' | 'failed' | 'quarantined' | 'transaction'> {
  const lag = new Histogram({
    name: 'gateway_due_work_lag_seconds',
    help: 'How long after its time, on the clock of its merchant, work of a kind was begun.',
    labelNames: ['kind'],
    buckets: LAG_BUCKETS_SECONDS,
    registers,
  });
  const done = new Counter({
    name: 'gateway_due_work_done_total',
    help: 'Pieces of work done.',
    labelNames: ['kind'],
    registers,
  });
  const failures = new Counter({
    name: 'gateway_due_work_failures_total',
    help: 'Steps that failed and are done again.',
    labelNames: ['kind'],
    registers,
  });
  const quarantine = new Counter({
    name: 'gateway_bank_answers_quarantined_total',
    help: 'Answers of a bank that no transition allows.',
    registers,
  });
  const transactions = new Counter({
    name: 'gateway_transactions_total',
    help: 'Transactions that reached a status, by their return code, if any, since this node started.',
    labelNames: ['status', 'code'],
    registers,
  });
  addDatabaseGauge(registers, {
    name: 'gateway_bank_answers_quarantined_open',
    help: 'Answers of a bank that no transition allows, and that nothing has explained since.',
    read: () => countQuarantined(queryable(database)),
  });
  addDatabaseGauge(registers, {
    name: 'gateway_due_work_due',
    help: 'Pieces of work whose time has come and that are not done yet.',
    read: () => countDueWork(queryable(database)),
  });
  addDatabaseGauge(registers, {
    name: 'gateway_due_work_greatest_lag_seconds',
    help: 'For how long the most overdue work waits, on the clock of its merchant.',
    read: () => findGreatestLag(queryable(database)),
  });
  return {
    done(kind, count, lagMs) {
      lag.observe({ kind }, lagMs / 1_000);
      done.inc({ kind }, count);
    },
    failed: (kind) => failures.inc({ kind }),
    quarantined: (count) => quarantine.inc(count),
    transaction: (status, code) => transactions.inc({ status, code: code ?? '' }),
  };
}
