import type { Tx } from '../connection/database.ts';
import { insertRows } from '../connection/insert-rows.ts';

/** An enum value with a title for display. */
export interface Lookup {
  readonly id: string;
  readonly type: string;
  readonly enum: string;
  readonly title: string;
}

/** Inserts missing lookups and updates the titles of existing ones. Nodes that start together wait for each other. */
export function putLookups(tx: Tx, lookups: readonly Lookup[]): void {
  tx.send("SELECT pg_advisory_xact_lock(hashtextextended('lookups', 0))");
  const rows = lookups.map((lookup) => ({ ...lookup }));
  insertRows(tx, 'lookup', rows, 'ON CONFLICT (type, enum) DO UPDATE SET title = excluded.title');
}
