import { expect, it, onTestFinished } from 'vitest';
import {
  openDatabase,
  type Queryable,
  queryable,
  type Tx,
  withTransaction,
} from '../../src/store/connection/database.ts';
import { findHolidays } from '../../src/store/merchants/settings.ts';
import { startGateway } from '../support/harness.ts';
import { captureStatements } from '../support/statements.ts';

async function start() {
  const { databaseUrl, merchantId, sql } = await startGateway();
  const database = openDatabase(databaseUrl, { connectionsMax: 2, onError: () => {} });
  onTestFinished(() => database.close());
  const has = async (date: string, on: Queryable = queryable(database)) =>
    (await findHolidays(on, merchantId)).has(date);
  const add = (tx: Tx, date: string) => {
    tx.send('UPDATE merchant SET version = version + 1, updated_at = now() WHERE id = $1', [merchantId]);
    tx.send("INSERT INTO holiday (merchant_id, date, name, source) VALUES ($1, $2, 'Day', 'MERCHANT')", [
      merchantId,
      date,
    ]);
  };
  /** Lets the last change of the merchant be long ago. */
  const settle = () => sql("UPDATE merchant SET updated_at = updated_at - interval '1 minute'");
  return { database, merchantId, sql, has, add, settle };
}

it('reads the holidays of a merchant once, and again when the merchant has changed', async () => {
  const { database, has, add, settle } = await start();
  await settle();
  expect(await has('2030-05-02')).toBe(false);
  const [again] = await captureStatements(() => has('2030-05-02'));
  expect(again?.values[1]).toEqual(expect.any(String));
  await withTransaction(database, async (tx) => add(tx, '2030-05-02'));
  expect(await has('2030-05-02')).toBe(true);
  await settle();
  expect(await has('2030-05-02')).toBe(true);
});

it('keeps nothing of a transaction that is rolled back', async () => {
  const { database, has, add, settle } = await start();
  await settle();
  expect(await has('2030-05-02')).toBe(false);
  const rolledBack = withTransaction(database, async (tx) => {
    add(tx, '2030-05-02');
    expect(await has('2030-05-02', tx)).toBe(true);
    throw new Error('on purpose');
  });
  await expect(rolledBack).rejects.toThrow('on purpose');
  expect(await has('2030-05-02')).toBe(false);
  // Another change gets the version that was rolled back.
  await withTransaction(database, async (tx) => add(tx, '2030-05-03'));
  expect([await has('2030-05-02'), await has('2030-05-03')]).toEqual([false, true]);
});
