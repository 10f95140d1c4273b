import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { expect, inject, it } from 'vitest';
import { diffMigrations } from '../../prisma/diff.ts';
import { openDatabase, queryable } from '../../src/store/connection/database.ts';
import { MigrationError, migrate, readMigrations } from '../../src/store/connection/migrate.ts';
import { findTextCollisions } from '../../src/store/text-collisions.ts';
import { administer } from '../support/database-server.ts';
import { createDatabase, emptyDatabase } from '../support/harness.ts';

it('are equal to the schema', async () => {
  expect(await diffMigrations(inject('serverUrl'))).toBe('');
});

it('are applied once by any number of nodes at once', async () => {
  const { url, drop } = await emptyDatabase();
  await Promise.all(Array.from({ length: 8 }, () => migrate(url)));
  await migrate(url);
  await drop();
});

it('stop a start when one was changed after it was applied', async () => {
  const { url, drop } = await createDatabase();
  const changed = readMigrations().map((migration) => ({ ...migration, checksum: 'another' }));
  await expect(migrate(url, changed)).rejects.toThrow(/was changed after it was applied/);
  await drop();
});

it('leave nothing half done when one fails, and simply go on once it is mended', async () => {
  const { url, drop } = await emptyDatabase();
  const failing = [{ name: '1_fails', sql: 'CREATE TABLE half (id int); SELECT 1 / 0;', checksum: 'x' }];
  await expect(migrate(url, failing)).rejects.toThrow(MigrationError);
  await expect(migrate(url, failing)).rejects.toThrow(/1_fails failed and was rolled back: division by zero/);
  await expect(administer(url, 'SELECT * FROM half')).rejects.toThrow(/does not exist/);
  const twice = 'CREATE TABLE half (id int UNIQUE); INSERT INTO half VALUES (1), (1);';
  await expect(migrate(url, [{ name: '1_fails', sql: twice, checksum: 'z' }])).rejects.toThrow(
    /1_fails failed and was rolled back: duplicate key/,
  );
  await migrate(url, [{ name: '1_fails', sql: 'CREATE TABLE half (id int);', checksum: 'y' }]);
  await administer(url, 'SELECT * FROM half');
  await drop();
});

it('go on after one was cut off, also where a version before this one had noted its beginning', async () => {
  const { url, drop } = await emptyDatabase();
  const slow = [{ name: '1_slow', sql: 'CREATE TABLE half (id int); SELECT pg_sleep(30);', checksum: 'x' }];
  await migrate(url, []);
  const cut = migrate(url, slow);
  const terminate = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%pg_sleep(30)%'`;
  const cutting = setInterval(() => void administer(url, terminate), 100);
  await expect(cut).rejects.toThrow(/connection was lost while migration 1_slow ran/);
  clearInterval(cutting);
  await administer(url, "INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('1', 'x', '1_slow')");
  await migrate(url, [{ name: '1_slow', sql: 'CREATE TABLE half (id int);', checksum: 'x' }]);
  await drop();
});

it('bring stored text to one Unicode form, and list what two rows have in two spellings', async () => {
  const { url, drop } = await createDatabase();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const merchant = randomUUID();
    await client.query("INSERT INTO merchant (id, name, mode) VALUES ($1, $2, 'SANDBOX')", [merchant, 'A merchant']);
    const insert = `INSERT INTO customer (id, merchant_id, reference, kind, company_name, email, metadata, created_at, updated_at)
      VALUES (gen_random_uuid(), $1, $2, 'COMPANY', $3, 'a@b.co', $4, now(), now())`;
    const rows: Array<[reference: string, name: string, metadata: object]> = [
      ['Zoe\u0308-1', 'Cafe\u0301', { 're\u0301f': 'u\u0308' }],
      ['Zoe\u0308-2', 'Twice, in two spellings', {}],
      ['Zo\u00eb-2', 'Twice, in two spellings', {}],
      ['\u1ebf-3', 'Composed', { 'e\u0301': 1, '\u00e9': 2 }],
      ['e\u0302\u0301-3', 'Decomposed', {}],
      ['\u00ea\u0301-3', 'Half decomposed', {}],
      ['A-4', 'Plain', { a: 'b' }],
      ['A-5', 'With an escape', { a: 'x\n\u0303y', list: ['e\u0301', { k: 'u\u0308' }] }],
    ];
    for (const [reference, name, metadata] of rows) await client.query(insert, [merchant, reference, name, metadata]);
    await client.query("INSERT INTO connector_merchant (merchant_id, connector_id) VALUES ($1, 'sandbox')", [merchant]);
    await client.query(
      `INSERT INTO payment_method (connector_id, merchant_id, id, name, abbreviated_name, type, provider_bank, date_adjustment_rule)
       VALUES ('sandbox', $1, 'pam_a', 'Pay-in', 'ACME', 'PAY_IN', 'ABSA_BANK_LIMITED', 'COLLECT_ON_COLLECTION_DAY')`,
      [merchant],
    );
    await client.query(
      `INSERT INTO payment (merchant_id, id, customer_id, payment_method_id, kind, status, transaction_reference, amount_cents, first_nominal_date)
       SELECT $1, 'pay_a', min(id), 'pam_a', 'PAY_IN', 'WAITING_FOR_PAYMENT', $2, 100, '2026-01-01' FROM customer`,
      [merchant, 'Zoe\u0308-1'],
    );
    await client.query(
      `INSERT INTO transaction (merchant_id, id, payment_id, customer_id, payment_method_id, kind, nominal_date, attempt, action_date, status,
         amount_cents, transaction_reference, status_changed_at)
       SELECT $1, 'trn_a', 'pay_a', min(id), 'pam_a', 'REGULAR', '2026-01-01', 1, '2026-01-01', 'PENDING', 100, $2, now() FROM customer`,
      [merchant, 'Zoe\u0308-1-001'],
    );
    const migration = readMigrations().find(({ name }) => name.endsWith('text_in_nfc'));
    await client.query(migration?.sql ?? '');
    const { rows: found } = await client.query(
      'SELECT reference, company_name, metadata FROM customer ORDER BY company_name, reference COLLATE "C"',
    );
    const wanted: typeof rows = [
      ['Zo\u00eb-1', 'Caf\u00e9', { 'r\u00e9f': '\u00fc' }],
      rows[3] as (typeof rows)[0],
      rows[4] as (typeof rows)[0],
      rows[5] as (typeof rows)[0],
      rows[6] as (typeof rows)[0],
      rows[1] as (typeof rows)[0],
      rows[2] as (typeof rows)[0],
      ['A-5', 'With an escape', { a: 'x\n\u0303y', list: ['\u00e9', { k: '\u00fc' }] }],
    ];
    expect(found).toEqual(wanted.map(([reference, company_name, metadata]) => ({ reference, company_name, metadata })));
    const { rows: debits } = await client.query('SELECT transaction_reference AS reference FROM transaction');
    expect(debits).toEqual([{ reference: 'Zo\u00eb-1-001' }]);
    const database = openDatabase(url, { connectionsMax: 1, onError: () => {} });
    const collisions = await findTextCollisions(queryable(database));
    expect(collisions.map(({ column, value }) => [column, value])).toEqual([
      ['metadata', expect.stringContaining('e\u0301')],
      ['reference', 'Zoe\u0308-2'],
      ['reference', 'e\u0302\u0301-3'],
      ['reference', '\u00ea\u0301-3'],
    ]);
    await database.close();
  } finally {
    await client.end();
    await drop();
  }
});

it('take the time that they need, whatever limit the role has for the statements of the gateway', async () => {
  const { url, drop } = await emptyDatabase();
  await administer(url, `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET statement_timeout = '200ms'`);
  await migrate(url, [{ name: '1_slow', sql: 'CREATE TABLE slow (id int); SELECT pg_sleep(0.6);', checksum: 'x' }]);
  await administer(url, 'SELECT * FROM slow');
  await drop();
});
