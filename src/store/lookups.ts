import type { Queryable } from './database.ts';
import { insertRows } from './insert-rows.ts';

export interface Lookup {
  readonly id: string;
  readonly type: string;
  readonly enum: string;
  readonly title: string;
}

/** Adds the lookups that are not there yet and corrects the titles of those that are. */
export async function putLookups(database: Queryable, lookups: readonly Lookup[]): Promise<void> {
  const rows = lookups.map((lookup) => ({ ...lookup }));
  await insertRows(database, 'lookup', rows, 'ON CONFLICT (type, enum) DO UPDATE SET title = excluded.title');
}
