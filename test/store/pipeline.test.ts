import { expect, it, onTestFinished } from 'vitest';
import {
  databaseErrorCode,
  openDatabase,
  queryable,
  type Tx,
  withTransaction,
} from '../../src/store/connection/database.ts';
import { withMerchant } from '../../src/store/connection/merchant-transaction.ts';
import { createDatabase, startGateway } from '../support/harness.ts';

async function openGateway() {
  const { databaseUrl, merchantId } = await startGateway();
  const database = openDatabase(databaseUrl, { connectionsMax: 3, onError: () => {} });
  onTestFinished(() => database.close());
  return { database, merchantId };
}

async function open() {
  const { url, drop } = await createDatabase();
  const database = openDatabase(url, { connectionsMax: 3, onError: () => {} });
  onTestFinished(async () => {
    await database.close();
    await drop();
  });
  const { query } = queryable(database);
  await query('CREATE TABLE note (id int PRIMARY KEY, text text NOT NULL)');
  const notes = async () =>
    (await query<{ text: string }>('SELECT text FROM note ORDER BY id')).map(({ text }) => text);
  return { database, notes };
}

const insert = (tx: Tx, id: number, text: string | null) => tx.send('INSERT INTO note VALUES ($1, $2)', [id, text]);

/** The SQLSTATE with which a transaction fails. */
async function failureOf(running: Promise<unknown>): Promise<string | null> {
  return running.then(
    () => 'none',
    (error: unknown) => databaseErrorCode(error),
  );
}

const NOT_NULL = '23502';

it('runs the statements of a transaction in the order of the calls', async () => {
  const { database, notes } = await open();
  const counts = await withTransaction(database, async (tx) => {
    const count = () => tx.query<{ count: number }>('SELECT count(*) AS count FROM note');
    const before = count();
    insert(tx, 1, 'one');
    const between = count();
    insert(tx, 2, 'two');
    return (await Promise.all([before, between, count()])).map(([row]) => row?.count);
  });
  expect(counts).toEqual([0, 1, 2]);
  expect(await notes()).toEqual(['one', 'two']);
});

it('fails with the error of a sent statement, at the next result or the commit, and writes nothing', async () => {
  const { database, notes } = await open();
  const atResult = withTransaction(database, async (tx) => {
    insert(tx, 1, null);
    insert(tx, 2, 'two');
    await tx.query('SELECT 1 AS one');
  });
  expect(await failureOf(atResult)).toBe(NOT_NULL);
  const atCommit = withTransaction(database, async (tx) => {
    insert(tx, 1, 'one');
    insert(tx, 2, null);
  });
  expect(await failureOf(atCommit)).toBe(NOT_NULL);
  expect(await notes()).toEqual([]);
});

it('rolls back when the work fails with results unread, and uses the connection again', async () => {
  const { database, notes } = await open();
  for (let turn = 0; turn < 10; turn += 1) {
    const failing = withTransaction(database, async (tx) => {
      insert(tx, 1, 'one');
      void tx.query('SELECT 1 / 0');
      void tx.query('SELECT 1');
      throw new Error('by itself');
    });
    await expect(failing).rejects.toThrow(/by itself|division by zero/);
  }
  expect(await notes()).toEqual([]);
});

it('runs all of the work again after a conflict in a sent statement', async () => {
  const { database, notes } = await open();
  let runs = 0;
  let release: () => void = () => {};
  const bothHaveRead = new Promise<void>((resolve) => {
    release = resolve;
  });
  const write = () =>
    withTransaction(database, async (tx) => {
      runs += 1;
      const [row] = await tx.query<{ next: number }>('SELECT coalesce(max(id), 0) + 1 AS next FROM note');
      if (runs === 2) release();
      await bothHaveRead;
      insert(tx, row?.next ?? 0, 'one more');
      await tx.query('SELECT 1');
    });
  await Promise.all([write(), write()]);
  expect(await notes()).toEqual(['one more', 'one more']);
  expect(runs).toBe(3);
});

it('commits nothing when a statement could not be sent, and does not use its connection again', async () => {
  const { database, notes } = await open();
  const circular: unknown[] = [];
  circular.push({ circular });
  for (let turn = 0; turn < 3; turn += 1) {
    const failing = withTransaction(database, async (tx) => {
      insert(tx, 1, 'one');
      tx.send('SELECT $1::json', [circular[0]]);
    });
    await expect(failing).rejects.toThrow('circular');
  }
  expect(await notes()).toEqual([]);
});

it('gives each statement of a transaction the time of its own limit', async () => {
  const { database, notes } = await open();
  await withTransaction(database, async (tx) => {
    insert(tx, 1, 'one');
    tx.send('SELECT pg_sleep(7)');
    tx.send('SELECT pg_sleep(7)');
  });
  expect(await notes()).toEqual(['one']);
});

it('ends no process when the work of a merchant leaves a failed result unread', async () => {
  const { database, merchantId } = await openGateway();
  const unhandled: unknown[] = [];
  const note = (error: unknown) => void unhandled.push(error);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  const failing = withMerchant(database, merchantId, async (tx) => {
    const first = tx.query('SELECT 1 / 0');
    void tx.query('SELECT 1');
    await first;
  });
  await expect(failing).rejects.toThrow('division by zero');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(unhandled).toEqual([]);
});
