import type { Queryable } from './connection/database.ts';

/** Returns a database-wide setting, first set to `value` if it does not exist. Concurrent nodes get the same value. */
export async function findOrSetSetting(database: Queryable, name: string, value: string): Promise<string> {
  const [row] = await database.query<{ value: string }>(
    `INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = setting.value RETURNING value`,
    [name, value],
  );
  return row?.value ?? value;
}

/** Replaces the value of a database-wide setting; a setting that does not exist is not created. */
export async function putSetting(database: Queryable, name: string, value: string): Promise<void> {
  await database.query('UPDATE setting SET value = $2 WHERE name = $1', [name, value]);
}
