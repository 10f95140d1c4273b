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
  const fields = Object.keys(first);
  const columns = fields.map(snakeCase).join(', ');
  const json = JSON.stringify(
    rows.map((row) => Object.fromEntries(fields.map((field) => [snakeCase(field), row[field]]))),
  );
  await tx.query(
    `INSERT INTO "${table}" (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::"${table}", $1::json) ${onConflict}`,
    [json],
  );
}

/** How JSON writes a `bytea`. */
export function bytes(buffer: Uint8Array): string {
  return `\\x${Buffer.from(buffer).toString('hex')}`;
}
