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
export const camelCase = remembered((name) =>
  name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
);

/** Converts a camelCase name to snake_case. */
export const snakeCase = remembered((name) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));

/** Returns a function that computes each result once. There are as many as columns. */
function remembered(convert: (name: string) => string): (name: string) => string {
  const known = new Map<string, string>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const converted = convert(name);
    known.set(name, converted);
    return converted;
  };
}
