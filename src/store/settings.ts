import type { Queryable } from './connection/database.ts';

/** The value of a setting of the whole database, set to `value` when there is none yet. Two nodes get the same answer. */
export async function findOrSetSetting(database: Queryable, name: string, value: string): Promise<string> {
  const [row] = await database.query<{ value: string }>(
    `INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = setting.value RETURNING value`,
    [name, value],
  );
  return row?.value ?? value;
}

export async function putSetting(database: Queryable, name: string, value: string): Promise<void> {
  await database.query('UPDATE setting SET value = $2 WHERE name = $1', [name, value]);
}
