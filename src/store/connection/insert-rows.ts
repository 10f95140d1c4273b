import type { Tx } from './database.ts';
import { snakeCase } from './rows.ts';

/**
 * Inserts all rows in one statement. Every row has the fields of the first, named as the columns in camelCase; other
 * columns get their defaults. Values are passed as JSON and converted to the types of the columns by PostgreSQL.
 */
export function insertRows(
  tx: Tx,
  table: string,
  rows: ReadonlyArray<Readonly<Record<string, unknown>>>,
  onConflict = '',
): void {
  const [first] = rows;
  if (!first) return;
  const fields = Object.keys(first);
  const columns = fields.map(snakeCase).join(', ');
  const json = rowsJson(rows, fields);
  tx.send(
    `INSERT INTO "${table}" (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::"${table}", $1::json) ${onConflict}`,
    [json],
  );
}

/** Returns the JSON of rows with the given fields, under the names of their columns, without a copy of each row. */
export function rowsJson(rows: ReadonlyArray<Readonly<Record<string, unknown>>>, fields: readonly string[]): string {
  const keys = fields.map((field, at) => `${at === 0 ? '{' : ','}"${snakeCase(field)}":`);
  let json = '[';
  for (const [index, row] of rows.entries()) {
    if (index > 0) json += ',';
    for (let at = 0; at < fields.length; at += 1) {
      const value = row[fields[at] as string];
      json += keys[at];
      // Most values are null or numbers, which JSON writes as they are.
      json += value == null ? 'null' : typeof value === 'number' ? value : JSON.stringify(value);
    }
    json += '}';
  }
  return `${json}]`;
}

/** Returns bytes in the hexadecimal text form of `bytea`, for rows passed as JSON. */
export function bytes(buffer: Uint8Array): string {
  return `\\x${Buffer.from(buffer).toString('hex')}`;
}
