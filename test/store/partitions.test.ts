import pg from 'pg';
import { expect, it } from 'vitest';
import { findCommand, runCommand } from '../../src/cli/commands.ts';
import { CreateCustomers } from '../support/customer-documents.ts';
import { person, startOneTimePayment } from '../support/customers.ts';
import { DOCUMENTS_CLOCK, startGateway, type TestGateway } from '../support/harness.ts';
import { OF_TEST } from '../support/one-merchant.ts';

async function partition(gateway: TestGateway, ...args: string[]): Promise<string[]> {
  const lines: string[] = [];
  const command = findCommand('partition');
  if (command) await runCommand(gateway.node.app, command, args, (line) => lines.push(line));
  return lines;
}

/** Every constraint and index of the two tables by name, and who refers to them. */
async function partsOf(gateway: TestGateway): Promise<object[]> {
  const constraints = await gateway.sql<object>(
    `SELECT conrelid::regclass::text AS table, conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint
      WHERE conparentid = 0 AND ('event'::regclass IN (conrelid, confrelid) OR 'transaction'::regclass IN (conrelid, confrelid)) ORDER BY 1, 2`,
  );
  const indexes = await gateway.sql<object>(
    `SELECT indrelid::regclass::text AS table, replace(replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON '), 'public.', '') AS definition
       FROM pg_index WHERE indrelid IN ('event'::regclass, 'transaction'::regclass) ORDER BY 1, 2`,
  );
  const columns = await gateway.sql<object>(
    `SELECT attrelid::regclass::text AS table, attname, format_type(atttypid, atttypmod), attnotnull, attcollation::regcollation::text,
            pg_get_expr(adbin, adrelid) FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
      WHERE attrelid IN ('event'::regclass, 'transaction'::regclass) AND attnum > 0 AND NOT attisdropped ORDER BY 1, 2`,
  );
  return [...constraints, ...indexes, ...columns];
}

it('moves tables to partitions with their rows, keys and indexes, while the gateway runs', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  await startOneTimePayment(gateway, 'A', '2024-09-20');
  await expect.poll(() => gateway.sql('SELECT FROM event WHERE position IS NULL')).toEqual([]);
  const rows = () => gateway.sql<object>('SELECT * FROM event ORDER BY merchant_id, ordinal');
  const [before, parts] = [await rows(), await partsOf(gateway)];
  expect(before.length).toBeGreaterThan(3);
  const lines = await partition(gateway, '--by', '4');
  expect(lines.map((line) => line.replace(/[\d.]+ s$/, '… s'))).toEqual([
    `event: ${before.length} rows in 4 partitions; statements waited for … s`,
    'transaction: 0 rows in 4 partitions; statements waited for … s',
  ]);
  expect(await rows()).toEqual(before);
  expect(await partsOf(gateway)).toEqual(parts);
  const [count] = await gateway.sql<{ count: number }>(
    "SELECT count(*) FROM pg_inherits WHERE inhparent = 'event'::regclass",
  );
  expect(count?.count).toBe(4);
  // What is written from now on is numbered after it.
  await gateway.data(CreateCustomers, { input: { records: [{ ...person('B'), reference: 'after' }] } });
  await expect.poll(async () => (await rows()).length).toBe(before.length + 1);
  await expect.poll(() => gateway.sql('SELECT FROM event WHERE position IS NULL')).toEqual([]);
  expect(await partition(gateway)).toEqual(['event: is partitioned already', 'transaction: is partitioned already']);
});

it('refuses other tables and numbers', async () => {
  const gateway = await startGateway();
  await expect(partition(gateway, '--tables', 'payment')).rejects.toThrow('--tables takes event and transaction');
  await expect(partition(gateway, '--by', '1')).rejects.toThrow('--by must be a whole number from 2 to 256');
  await expect(partition(gateway, 'event')).rejects.toThrow('usage:');
});

it('changes nothing of a table that is in use, or that would lose what an operator gave it', async () => {
  const gateway = await startGateway();
  const reader = new pg.Client({ connectionString: gateway.databaseUrl });
  await reader.connect();
  await reader.query(`${OF_TEST} BEGIN; SELECT FROM event`);
  await expect(partition(gateway, '--tables', 'event')).rejects.toThrow('event is in use');
  await reader.query('ROLLBACK');
  await reader.end();
  await gateway.sql('GRANT SELECT ON event TO PUBLIC');
  await expect(partition(gateway, '--tables', 'event')).rejects.toThrow('event has privileges that would be lost');
  await gateway.sql('REVOKE ALL ON event FROM PUBLIC');
  await gateway.sql('ALTER TABLE event SET (autovacuum_enabled = false)');
  await expect(partition(gateway, '--tables', 'event')).rejects.toThrow('event has storage parameters');
  await gateway.sql('SELECT FROM event');
});
