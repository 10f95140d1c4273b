import {
  findUnmovable,
  isInUse,
  isPartitioned,
  PARTITIONABLE,
  type Partitionable,
  type Partitioned,
  partitionTable,
} from '../../store/partitions.ts';
import type { App } from '../app.ts';

/** What became of a table: it was partitioned, or why it was not. */
export type PartitionOutcome =
  | ({ readonly outcome: 'DONE' } & Partitioned)
  | { readonly outcome: 'PARTITIONED_ALREADY' | 'IN_USE' }
  | { readonly outcome: 'WOULD_LOSE'; readonly what: string };

/** Returns the table of a name that can be partitioned; null when there is none. */
export function findPartitionable(name: string): Partitionable | null {
  return PARTITIONABLE.find((known) => known === name) ?? null;
}

/** Partitions a table by merchant. Whoever needs the table waits meanwhile. */
export async function partition(app: App, table: Partitionable, count: number): Promise<PartitionOutcome> {
  if (await isPartitioned(app.database, table)) return { outcome: 'PARTITIONED_ALREADY' };
  const what = await findUnmovable(app.database, table);
  if (what !== null) return { outcome: 'WOULD_LOSE', what };
  try {
    return { outcome: 'DONE', ...(await partitionTable(app.database, table, count)) };
  } catch (error) {
    if (!isInUse(error)) throw error;
    return { outcome: 'IN_USE' };
  }
}
