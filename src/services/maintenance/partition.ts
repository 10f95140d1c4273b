import {
  isPartitioned,
  PARTITIONABLE,
  type Partitionable,
  type Partitioned,
  partitionTable,
} from '../../store/partitions.ts';
import type { App } from '../app.ts';

/** Returns the table of a name that can be partitioned; null when there is none. */
export function findPartitionable(name: string): Partitionable | null {
  return PARTITIONABLE.find((known) => known === name) ?? null;
}

/** Partitions a table by merchant; null when it already is. Whoever needs the table waits meanwhile. */
export async function partition(app: App, table: Partitionable, count: number): Promise<Partitioned | null> {
  return (await isPartitioned(app.database, table)) ? null : partitionTable(app.database, table, count);
}
