/** A row as read from the database: sums of cents are text, since they may exceed the safe integer range. */
export type AsText<Row> = { readonly [Name in keyof Row]: Row[Name] extends bigint ? string : Row[Name] };

/** Returns the row with its sums, which are the columns whose names end in `Cents`, as bigint. */
export function withSums<Row extends object>(row: AsText<Row>): Row {
  const read = Object.entries(row).map(([name, value]) => [
    name,
    name.endsWith('Cents') ? BigInt(value as string) : value,
  ]);
  return Object.fromEntries(read) as Row;
}
