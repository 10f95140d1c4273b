import { expect, it, onTestFinished } from 'vitest';
import { openDatabase, queryable } from '../../src/store/connection/database.ts';
import { createDatabase } from '../support/harness.ts';

async function open(hasNamedStatements = true) {
  const { url, drop } = await createDatabase();
  const database = openDatabase(url, { connectionsMax: 1, onError: () => {}, hasNamedStatements });
  onTestFinished(async () => {
    await database.close();
    await drop();
  });
  const named = async () =>
    (await queryable(database).query<{ name: string }>('SELECT name FROM pg_prepared_statements')).map(
      ({ name }) => name,
    );
  return { database, named };
}

it('names a statement that is sent again, and neither one that is sent once nor a long one', async () => {
  const { database, named } = await open();
  const { queryAgain } = queryable(database);
  await queryAgain('SELECT $1::int AS once', [1]);
  expect(await named()).toEqual([]);
  for (const value of [1, 2, 3])
    expect(await queryAgain('SELECT $1::int AS again', [value])).toEqual([{ again: value }]);
  expect(await named()).toHaveLength(1);
  const long = `SELECT $1::int AS long -- ${'x'.repeat(10_000)}`;
  for (const value of [1, 2]) await queryAgain(long, [value]);
  expect(await named()).toHaveLength(1);
});

it('names nothing where a pooler forbids it', async () => {
  const { database, named } = await open(false);
  for (const value of [1, 2, 3]) await queryable(database).queryAgain('SELECT $1::int AS again', [value]);
  expect(await named()).toEqual([]);
});

it('does not use a connection again on which a named statement failed', async () => {
  const { database } = await open();
  const { query, queryAgain } = queryable(database);
  const divide = (by: number) => queryAgain('SELECT 1 / $1::int AS result', [by]);
  const [before] = await query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  await divide(1);
  await expect(divide(0)).rejects.toThrow('division by zero');
  const [after] = await query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  expect(after?.pid).not.toBe(before?.pid);
});
