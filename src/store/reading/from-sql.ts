import type { Statement } from './statement.ts';
import { type Relation, type Table, table } from './tables.ts';

// Every FROM clause of a read is written here, so that none lacks the merchant.

/** Returns the FROM clause for the rows of the merchant, to be followed by AND. Lookups belong to no merchant. */
export function fromTableSql(statement: Statement, { name, merchant }: Table, row: string): string {
  const owned = merchant ? `${row}.${merchant} = ${statement.merchant}` : `${statement.merchant}::text IS NOT NULL`;
  return `FROM ${name} AS ${row} WHERE ${owned}`;
}

/** Returns the FROM clause for the rows that a relation finds for a row of `alias`, to be followed by AND. */
export function fromRelationSql(
  statement: Statement,
  { model, own, other }: Relation,
  row: string,
  alias: string,
): string {
  return `${fromTableSql(statement, table(model), row)} AND ${row}.${other} = ${alias}.${own}`;
}
