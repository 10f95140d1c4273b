import { expect, it } from 'vitest';
import { snakeCase } from '../../src/store/connection/rows.ts';
import {
  AUDIT_ENTRIES,
  BANK_ACCOUNTS,
  CARDS,
  CUSTOMERS,
  MANDATES,
  PAYMENT_METHODS,
  PAYMENTS,
  TRANSACTIONS,
} from '../../src/store/reading/description.ts';
import type { Reading } from '../../src/store/reading/reading.ts';
import { startGateway } from '../support/harness.ts';

// What Prisma's schema language cannot say, asked of the database itself.

it('compares every id as bytes', async () => {
  const gateway = await startGateway();
  const rows = await gateway.sql<{ column: string; collation: string | null }>(
    `SELECT table_name || '.' || column_name AS column, collation_name AS collation FROM information_schema.columns
      WHERE table_schema = 'public' AND data_type = 'text' AND (column_name = 'id' OR column_name LIKE '%\\_id')`,
  );
  expect(rows.length).toBeGreaterThan(40);
  expect(rows.filter((row) => row.collation !== 'C')).toEqual([]);
});

it('gives every table of a merchant a key that begins with the merchant', async () => {
  const gateway = await startGateway();
  const rows = await gateway.sql<{ table: string; first: string }>(
    `SELECT relname AS table, attname AS first FROM pg_index
       JOIN pg_class ON pg_class.oid = indrelid JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
      WHERE indisprimary AND relnamespace = 'public'::regnamespace`,
  );
  const others = rows.filter((row) => row.first !== 'merchant_id').map((row) => row.table);
  expect(others.sort()).toEqual([
    '_prisma_migrations',
    'api_key',
    'bank_intake',
    'connector',
    'lookup',
    'merchant',
    'setting',
  ]);
});

it('has an index for every order that is offered', async () => {
  const gateway = await startGateway();
  const rows = await gateway.sql<{ definition: string }>(
    "SELECT indexdef AS definition FROM pg_indexes WHERE schemaname = 'public'",
  );
  const indexes = rows.map((row) => row.definition);
  const missing = [
    CUSTOMERS,
    BANK_ACCOUNTS,
    CARDS,
    PAYMENT_METHODS,
    MANDATES,
    PAYMENTS,
    TRANSACTIONS,
    AUDIT_ENTRIES,
  ].flatMap((reading) =>
    Object.values(reading.orderings)
      .map(({ column }) => snakeCase(column))
      .filter((column) => !indexes.some((index) => serves(index, reading, column)))
      .map((column) => `${reading.entity} ${column}`),
  );
  expect(missing).toEqual([]);
});

it('has an index for every filter that is offered', async () => {
  const gateway = await startGateway();
  const rows = await gateway.sql<{ definition: string }>(
    "SELECT indexdef AS definition FROM pg_indexes WHERE schemaname = 'public'",
  );
  const readings = [CUSTOMERS, BANK_ACCOUNTS, CARDS, PAYMENT_METHODS, MANDATES, PAYMENTS, TRANSACTIONS, AUDIT_ENTRIES];
  const missing = readings.flatMap((reading) =>
    Object.entries(reading.filters)
      .filter(([, field]) => {
        // A flag is served by the index of its first column, here or in the table it asks.
        const columns = 'column' in field ? [field.column] : field.some ? [] : Object.keys(field.columns).slice(0, 1);
        const table = snakeCase(reading.entity).slice(1);
        return !columns.every((column) =>
          rows.some(
            ({ definition }) =>
              definition.includes(`public.${table} `) && definition.includes(`(merchant_id, ${snakeCase(column)}`),
          ),
        );
      })
      .map(([name]) => `${reading.entity}.${name}`),
  );
  expect(missing).toEqual(FEW_ROWS);
});

it('says of every filter whether its column may be null, as the table has it', async () => {
  const gateway = await startGateway();
  const rows = await gateway.sql<{ column: string }>(
    "SELECT table_name || '.' || column_name AS column FROM information_schema.columns WHERE table_schema = 'public' AND is_nullable = 'YES'",
  );
  const nullable = new Set(rows.map(({ column }) => column));
  const readings = [CUSTOMERS, BANK_ACCOUNTS, CARDS, PAYMENT_METHODS, MANDATES, PAYMENTS, TRANSACTIONS, AUDIT_ENTRIES];
  const wrong = readings.flatMap((reading) =>
    Object.entries(reading.filters).flatMap(([name, field]) => {
      // An empty list of tokens is none, never null; whether a column is null is what a presence tells.
      if (!('column' in field) || field.kind === 'metadata' || field.kind === 'presence') return [];
      const column = `${snakeCase(reading.entity).slice(1)}.${snakeCase(field.column)}`;
      return nullable.has(column) === 'nullable' in field ? [] : [`${reading.entity}.${name}`];
    }),
  );
  expect(wrong).toEqual([]);
});

/** A customer's cards, a merchant's methods: so few that to read them all costs nothing. */
const FEW_ROWS = ['Card.status', 'PaymentMethod.type'];

/** Whether an index gives rows in the order of a column: with the id as tie-breaker, unless the column is unique itself. */
function serves(index: string, reading: Reading, column: string): boolean {
  const table = snakeCase(reading.entity).slice(1);
  return (
    index.includes(`public.${table} `) &&
    (index.includes(`(merchant_id, ${column}, id)`) ||
      (index.includes('UNIQUE') && index.endsWith(`(merchant_id, ${column})`)))
  );
}

it('refuses, by itself, a second transaction for a date and a payment without its dates', async () => {
  const gateway = await startGateway();
  const rows = await gateway.sql<{ name: string }>(
    "SELECT conname AS name FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace UNION SELECT indexname FROM pg_indexes WHERE schemaname = 'public' AND indexdef LIKE 'CREATE UNIQUE%'",
  );
  const names = rows.map((row) => row.name);
  expect(names).toEqual(
    expect.arrayContaining([
      'payment_kind_has_its_dates',
      'payment_amount_positive',
      'mandate_amount_positive',
      'mandate_recurring_or_one_time',
      'transaction_amount_positive',
      'transaction_merchant_id_payment_id_kind_nominal_date_attemp_key',
      'event_merchant_id_aggregate_type_aggregate_id_version_key',
      'event_position',
      'payment_open_eft_reference',
    ]),
  );
});
