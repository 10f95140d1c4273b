/** A row as it is read: sums of cents are text, since they may be beyond what a number holds exactly. */
export type AsText<Row> = { readonly [Name in keyof Row]: Row[Name] extends bigint ? string : Row[Name] };

/** The row with its sums, the columns whose names end in `Cents`, as they are calculated with. */
export function withSums<Row extends object>(row: AsText<Row>): Row {
  const read = Object.entries(row).map(([name, value]) => [
    name,
    name.endsWith('Cents') ? BigInt(value as string) : value,
  ]);
  return Object.fromEntries(read) as Row;
}
