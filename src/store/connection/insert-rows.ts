import { type Queryable, snakeCase } from './database.ts';

/**
 * Inserts all rows by one statement, whatever their number. Every row has the fields of the first, named as the columns are,
 * in camelCase; columns that none names take their defaults. JSON carries the values, PostgreSQL knows the types.
 */
export async function insertRows(
  tx: Queryable,
  table: string,
  rows: ReadonlyArray<Readonly<Record<string, unknown>>>,
  onConflict = '',
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const names = Object.keys(first).map((field) => [field, snakeCase(field)] as const);
  const columns = names.map(([, column]) => column).join(', ');
  const json = JSON.stringify(rows.map((row) => underColumnNames(row, names)));
  await tx.query(
    `INSERT INTO "${table}" (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::"${table}", $1::json) ${onConflict}`,
    [json],
  );
}

/** A row with the names of the columns for those of its fields. */
export function underColumnNames(
  row: Readonly<Record<string, unknown>>,
  names: ReadonlyArray<readonly [field: string, column: string]>,
): Record<string, unknown> {
  const named: Record<string, unknown> = {};
  for (const [field, column] of names) named[column] = row[field];
  return named;
}

/** How JSON writes a `bytea`. */
export function bytes(buffer: Uint8Array): string {
  return `\\x${Buffer.from(buffer).toString('hex')}`;
}
