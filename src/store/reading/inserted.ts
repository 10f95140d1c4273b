import type { InsertedRow } from '../connection/database.ts';
import type { Entity, Row } from './reader.ts';
import type { Query } from './selection.ts';
import { type ColumnKind, table } from './tables.ts';

/** Kinds of columns whose stored values equal the given ones. JSON is stored in another form, and bytes are written as text. */
const EQUAL: ReadonlySet<ColumnKind> = new Set(['text', 'enum', 'integer', 'boolean', 'cents', 'time']);

/**
 * Returns the selected columns of inserted rows as a reader would read them; null when the rows do not tell, because a query
 * selects relations or columns with a default.
 */
export function selectInserted(entity: Entity, { select, include }: Query, rows: readonly InsertedRow[]): Row[] | null {
  if (!select || include) return null;
  const { columns } = table(entity);
  const names = Object.keys(select).filter((name) => select[name]);
  const found = names.map((name) => ({ name, kind: columns.get(name)?.kind }));
  const isTold = found.every(
    ({ name, kind }) => kind && EQUAL.has(kind) && rows.every((row) => row[name] !== undefined),
  );
  if (!isTold) return null;
  return rows.map((row) => {
    const selected: Record<string, unknown> & { id: string } = { id: row.id };
    for (const { name, kind } of found) selected[name] = decode(row[name], kind);
    return selected;
  });
}

function decode(value: unknown, kind: ColumnKind | undefined): unknown {
  if (value === null) return null;
  if (kind === 'cents') return BigInt(value as number);
  return kind === 'time' ? new Date(value as string | Date) : value;
}
