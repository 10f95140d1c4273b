import type pg from 'pg';

/** Returns the rows of a result as objects, with the names of the columns in camelCase. */
export function rowsOf<Row>({ rows, fields }: pg.QueryArrayResult): Row[] {
  const names = fields.map((field) => camelCase(field.name));
  return rows.map((row) => {
    const named: Record<string, unknown> = {};
    for (let index = 0; index < names.length; index += 1) named[names[index] as string] = row[index];
    return named as Row;
  });
}

/** Converts a snake_case name to camelCase. */
export function camelCase(name: string): string {
  return name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Converts a camelCase name to snake_case. */
export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
