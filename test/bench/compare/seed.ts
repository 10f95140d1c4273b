import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import type { OwnDatabase } from './own-database.ts';
import { statementsOf, withParameters } from './sql-script.ts';

const FOLDER = join(import.meta.dirname, '../peers');
const DAY_MS = 86_400_000;

/** The seed ends shortly before today, so that what is written then is younger, and due later. */
export interface SeedDates {
  readonly paymentsFromMs: number;
  readonly dueFrom: string;
}

/**
 * Fills the database: the demo merchant with the given number of payments, their customers, mandates, transactions and events, and
 * nine smaller merchants. The gateway must have made the demo merchant.
 */
export async function seed(database: OwnDatabase, payments: number): Promise<SeedDates> {
  await database.proveOwn();
  const { client } = database;
  const merchants = await client.query('SELECT id FROM merchant');
  assert.equal(merchants.rows.length, 1, 'only the demo merchant is there');
  const todayMs = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const dates: SeedDates = {
    paymentsFromMs: todayMs - 299 * DAY_MS,
    dueFrom: new Date(todayMs + 18 * DAY_MS).toISOString().slice(0, 10),
  };
  await run(client, 'functions.sql');
  await run(client, 'seed.sql', {
    n: payments,
    others: Math.min(payments / 10, 20_000),
    customers_from: todayMs - 391 * DAY_MS,
    payments_from: dates.paymentsFromMs,
    due_from: dates.dueFrom,
  });
  await run(client, 'check.sql');
  await run(client, 'submit-functions.sql');
  return dates;
}

/** Takes away what has been written since the seed. */
export async function removeWrites(database: OwnDatabase): Promise<void> {
  await database.proveOwn();
  await database.client.query('SELECT bench.cleanup()');
  await database.client.query(
    'VACUUM payment, event, due_work, customer, bank_account, mandate, idempotency_record, event_head',
  );
}

async function run(client: pg.Client, file: string, parameters: Record<string, string | number> = {}): Promise<void> {
  const script = withParameters(readFileSync(join(FOLDER, file), 'utf8'), parameters);
  for (const statement of statementsOf(script)) await client.query(statement);
}
