import type { Statement } from './statement.ts';
import { type Column, type Relation, type Table, table } from './tables.ts';
import type { Where } from './where.ts';
import { whereSql } from './where-sql.ts';

/**
 * How a value is written: RAW as `decodeRows` reads it back, otherwise as the scalar of the API that it is answered as.
 */
export type Format = 'RAW' | 'DATE' | 'DATE_TIME' | 'MONEY';

/** Order and maximum number of the rows of a list, and the condition that they meet. */
export interface ListQuery {
  readonly where: Where;
  readonly orderBy: ReadonlyArray<Readonly<Record<string, 'asc' | 'desc'>>>;
  readonly take: number | null;
}

/** A property of a JSON object. */
export type Property =
  | { readonly key: string; readonly is: 'COLUMN'; readonly column: Column; readonly format: Format }
  | { readonly key: string; readonly is: 'CONSTANT'; readonly json: string }
  | { readonly key: string; readonly is: 'ONE'; readonly relation: Relation; readonly shape: Shape }
  | {
      readonly key: string;
      readonly is: 'MANY';
      readonly relation: Relation;
      readonly query: ListQuery;
      readonly shape: Shape;
    };

/** The properties of a JSON object, in order. */
export type Shape = readonly Property[];

/** A part of a JSON text: constant text, or an SQL expression whose text is put in its place. */
type Piece = { readonly text: string } | { readonly sql: string };

/** Maximum number of arguments of a call in one expression; PostgreSQL allows 100. */
const ARGUMENTS_MAX = 90;

/** Returns an SQL expression for the JSON text of a row of `alias`. */
export function objectSql(statement: Statement, shape: Shape, alias: string): string {
  const pieces: Piece[] = [];
  shape.forEach((property, index) => {
    pieces.push({ text: `${index === 0 ? '{' : ','}"${property.key}":` }, ...valuePieces(statement, property, alias));
  });
  return concatSql([...(shape.length === 0 ? [{ text: '{' }] : pieces), { text: '}' }]);
}

/** Returns an SQL expression that joins texts; adjacent constants become one. */
function concatSql(pieces: readonly Piece[]): string {
  const parts: string[] = [];
  let constant = '';
  const close = (): void => {
    if (constant !== '') parts.push(quoted(constant));
    constant = '';
  };
  for (const piece of pieces) {
    if ('text' in piece) constant += piece.text;
    else {
      close();
      parts.push(piece.sql);
    }
  }
  close();
  if (parts.length <= ARGUMENTS_MAX) return `concat(${parts.join(',')})`;
  const calls: string[] = [];
  for (let at = 0; at < parts.length; at += ARGUMENTS_MAX) {
    calls.push(`concat(${parts.slice(at, at + ARGUMENTS_MAX).join(',')})`);
  }
  return calls.join(' || ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function valuePieces(statement: Statement, property: Property, alias: string): Piece[] {
  switch (property.is) {
    case 'CONSTANT':
      return [{ text: property.json }];
    case 'COLUMN':
      return columnPieces(property.column, property.format, `${alias}.${property.column.name}`);
    case 'ONE':
      return [{ sql: `coalesce(${oneSql(statement, property.relation, property.shape, alias)},'null')` }];
    case 'MANY':
      return [{ text: '[' }, { sql: manySql(statement, property, alias) }, { text: ']' }];
  }
}

/** Returns the JSON of a value. Ids and enum values need no escapes. */
function columnPieces({ name, kind, isNullable }: Column, format: Format, value: string): Piece[] {
  const quote = (sql: string): Piece[] =>
    isNullable ? [{ sql: `coalesce('"'||${sql}||'"','null')` }] : [{ text: '"' }, { sql }, { text: '"' }];
  const plain = (sql: string): Piece[] => [{ sql: isNullable ? `coalesce((${sql})::text,'null')` : sql }];
  if (format === 'MONEY') return quote(`(${value} * 0.01)`);
  if (format === 'DATE') return quote(isNullable ? `${value}::text` : value);
  if (format === 'DATE_TIME') return quote(`to_char(${value},'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);
  if (name === 'id' && kind === 'text') return quote(value);
  if (kind === 'enum') return quote(isNullable ? `${value}::text` : value);
  if (kind === 'boolean' && !isNullable) return [{ sql: `CASE WHEN ${value} THEN 'true' ELSE 'false' END` }];
  if (kind === 'integer' || kind === 'cents' || kind === 'json') return plain(value);
  return plain(`to_json(${value})`);
}

/** Returns a subquery for the JSON of the related row; null when there is none. */
function oneSql(statement: Statement, relation: Relation, shape: Shape, alias: string): string {
  const inner = statement.alias();
  const json = objectSql(statement, shape, inner);
  return `(SELECT ${json} FROM ${fromSql(statement, relation, inner, alias)})`;
}

/** Returns an expression for the JSON of the related rows, separated by commas. */
function manySql(
  statement: Statement,
  { relation, query, shape }: Extract<Property, { is: 'MANY' }>,
  alias: string,
): string {
  const inner = statement.alias();
  const rows = `(SELECT * FROM ${fromSql(statement, relation, inner, alias)}${tailSql(statement, table(relation.model), query, inner)}) AS ${inner}`;
  return rowsSql(`SELECT ${objectSql(statement, shape, inner)} FROM ${rows}`);
}

/** Returns an expression for the rows of a query with one column of JSON text, separated by commas, in its order. */
export function rowsSql(query: string): string {
  return `array_to_string(ARRAY(${query}),',')`;
}

function fromSql(statement: Statement, { model, own, other }: Relation, inner: string, alias: string): string {
  const { name, merchant } = table(model);
  const ofMerchant = merchant && other !== 'merchant_id' ? `${inner}.${merchant} = ${statement.merchant} AND ` : '';
  return `${name} AS ${inner} WHERE ${ofMerchant}${inner}.${other} = ${alias}.${own}`;
}

/** Returns the condition, order and limit of a list, to follow a WHERE clause. */
export function tailSql(statement: Statement, of: Table, { where, orderBy, take }: ListQuery, alias: string): string {
  const condition = whereSql(statement, of, where, alias);
  const order = orderBy.flatMap((part) =>
    Object.entries(part).map(
      ([name, direction]) => `${alias}.${of.columns.get(name)?.name} ${direction.toUpperCase()}`,
    ),
  );
  return [
    condition === 'true' ? '' : ` AND ${condition}`,
    order.length > 0 ? ` ORDER BY ${order.join(', ')}` : '',
    // A literal: the planner estimates the cost of a page from it.
    take === null ? '' : ` LIMIT ${take}`,
  ].join('');
}
