import { fromRelationSql, fromTableSql } from './from-sql.ts';
import { COUNT_MAX } from './keyset.ts';
import type { EdgePart, Format, InfoPart, ListQuery, PagePart, PageQuery, Property, Shape } from './shape.ts';
import { inner, ROOT, type Statement } from './statement.ts';
import { type Column, columnOf, type Relation, type Table, table } from './tables.ts';
import { whereSql } from './where-sql.ts';

/** A part of a JSON text: constant text, or an SQL expression whose text is put in its place. */
type Piece = { readonly text: string } | { readonly sql: string };

/** How an instant is written, as JavaScript writes it. Connections use UTC. */
const INSTANT_FORMAT = 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"';

/** Maximum number of arguments of a call in one expression; PostgreSQL allows 100. */
const ARGUMENTS_MAX = 90;

/** SQL of shapes that are read again and again, by the alias of their rows. */
const keptSql = new WeakMap<Shape, Map<string, string>>();

/** Keeps the SQL of a shape that has only columns, constants and related objects, and returns it. */
export function keepSql(shape: Shape): Shape {
  if (!keptSql.has(shape)) keptSql.set(shape, new Map());
  return shape;
}

/** Returns an SQL expression for the JSON text of a row of `alias`. */
export function objectSql(statement: Statement, shape: Shape, alias: string): string {
  const kept = keptSql.get(shape);
  const known = kept?.get(alias);
  if (known !== undefined) return known;
  const sql = concatSql(objectPieces(shape, (property) => valuePieces(statement, property, alias)));
  kept?.set(alias, sql);
  return sql;
}

/** Returns the pieces of a JSON object. */
function objectPieces<Part extends { readonly key: string }>(
  parts: readonly Part[],
  write: (part: Part) => readonly Piece[],
): Piece[] {
  const members = parts.flatMap((part, index) => [{ text: `${index === 0 ? '' : ','}"${part.key}":` }, ...write(part)]);
  return [{ text: '{' }, ...members, { text: '}' }];
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
    case 'PAGE':
      return [{ sql: pageSql(statement, property.page, property.parts, alias) }];
  }
}

/** Returns the JSON of a value. Ids, dates and enum values need no escapes. */
function columnPieces({ name, kind, isNullable }: Column, format: Format, value: string): Piece[] {
  const quote = (sql: string): Piece[] =>
    isNullable ? [{ sql: `coalesce('"'||(${sql})::text||'"','null')` }] : [{ text: '"' }, { sql }, { text: '"' }];
  const plain = (sql: string): Piece[] => [{ sql: isNullable ? `coalesce((${sql})::text,'null')` : sql }];
  if (format === 'MONEY') return quote(`${value} * 0.01`);
  if (format === 'DATE_TIME') return quote(`to_char(${value},'${INSTANT_FORMAT}')`);
  if (format === 'DATE' || format === 'NAME' || kind === 'enum' || name === 'id') return quote(value);
  if (kind === 'boolean' && !isNullable) return [{ sql: `CASE WHEN ${value} THEN 'true' ELSE 'false' END` }];
  if (kind === 'integer' || kind === 'cents' || kind === 'json') return plain(value);
  return plain(`to_json(${value})`);
}

/** Returns a subquery for the JSON of the related row; null when there is none. */
function oneSql(statement: Statement, relation: Relation, shape: Shape, alias: string): string {
  const row = inner(alias);
  const json = objectSql(statement, shape, row);
  return `(SELECT ${json} ${fromRelationSql(statement, relation, row, alias)})`;
}

/** Returns an expression for the JSON of the related rows, separated by commas. */
function manySql(
  statement: Statement,
  { relation, query, shape }: Extract<Property, { is: 'MANY' }>,
  alias: string,
): string {
  const row = inner(alias);
  const rows = `(SELECT * ${fromRelationSql(statement, relation, row, alias)}${tailSql(statement, table(relation.model), query, row)}) AS ${row}`;
  return rowsSql(`SELECT ${objectSql(statement, shape, row)} FROM ${rows}`);
}

/** Returns an expression for the rows of a query with one column of JSON text, separated by commas, in its order. */
export function rowsSql(query: string): string {
  return `array_to_string(ARRAY(${query}),',')`;
}

/** Returns the condition, order and limit of a list, to follow a WHERE clause. */
export function tailSql(statement: Statement, of: Table, list: ListQuery, alias: string): string {
  const { where, orderBy, take, isFiltered = false } = list;
  statement.isPlannedForValues ||= isFiltered;
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

/** Returns the alias of the rows of a page. */
function rowOf(parent: string | null): string {
  return parent === null ? ROOT : inner(parent);
}

/** Returns a subquery for the JSON of a page. `parent` is the alias of the parent row; null at the root. */
export function pageSql(
  statement: Statement,
  page: PageQuery,
  parts: readonly PagePart[],
  parent: string | null,
): string {
  const row = rowOf(parent);
  const read = `${row}s`;
  const columns: string[] = [];
  /** Adds a value of each row, and returns the expression of the array of its values. */
  const collect = (sql: string): string => {
    columns.push(`array_agg(${sql}) AS c${columns.length}`);
    return `${read}.c${columns.length - 1}`;
  };
  const showsMore = parts.some((part) => part.is === 'INFO' && part.parts.some(({ is }) => is === 'HAS_NEXT'));
  const joined = (sql: string): Piece[] => {
    const values = collect(sql);
    const shown = showsMore ? `(${values})[1:${page.size}]` : values;
    return [{ text: '[' }, { sql: `array_to_string(${shown},',')` }, { text: ']' }];
  };
  let cursorText: string | null = null;
  const cursor = (): string => {
    cursorText ??= cursorSql(statement, page, row);
    return cursorText;
  };
  let cursors: string | null = null;
  const cursorAt = (index: string): Piece[] => {
    cursors ??= collect(cursor());
    return [{ sql: `coalesce((${cursors})[${index}],'null')` }];
  };
  const flag = (sql: string): Piece[] => [{ sql: `CASE WHEN ${sql} THEN 'true' ELSE 'false' END` }];

  /** Counts all rows of the list, once for all parts that need the number. */
  let isCounted = false;
  const count = (): string => {
    if (!isCounted) columns.push(`${countSql(statement, page, parent)} AS total`);
    isCounted = true;
    return `${read}.total`;
  };

  const edgePieces = (part: EdgePart): readonly Piece[] => {
    if (part.is === 'CONSTANT') return [{ text: part.json }];
    return [{ sql: part.is === 'CURSOR' ? cursor() : objectSql(statement, part.shape, row) }];
  };
  const infoPieces = (part: InfoPart): readonly Piece[] => {
    switch (part.is) {
      case 'CONSTANT':
        return [{ text: part.json }];
      case 'HAS_NEXT':
        return flag(`${read}.count > ${page.size}`);
      case 'HAS_PREVIOUS':
        return page.before === null ? [{ text: 'false' }] : flag(anySql(statement, page, parent, page.before));
      case 'START_CURSOR':
        return page.size === 0 ? [{ text: 'null' }] : cursorAt('1');
      case 'END_CURSOR':
        return page.size === 0 ? [{ text: 'null' }] : cursorAt(`least(${read}.count, ${page.size})`);
    }
  };
  const partPieces = (part: PagePart): readonly Piece[] => {
    switch (part.is) {
      case 'CONSTANT':
        return [{ text: part.json }];
      case 'NODES':
        return joined(objectSql(statement, part.shape, row));
      case 'EDGES':
        return joined(concatSql(objectPieces(part.shape, edgePieces)));
      case 'INFO':
        return objectPieces(part.parts, infoPieces);
      case 'TOTAL_COUNT':
        return [{ sql: `least(${count()}, ${COUNT_MAX})` }];
      case 'IS_COUNT_EXACT':
        return flag(`${count()} <= ${COUNT_MAX}`);
      case 'STREAM_CURSOR':
        return [{ text: '"' }, { sql: `${statement.parameter(page.streamCursor)}::text` }, { text: '"' }];
    }
  };
  const json = concatSql(objectPieces(parts, partPieces));
  const { take } = page.list;
  const rows = rowsOf(statement, { ...page, list: { ...page.list, take: showsMore ? take : page.size } }, parent, row);
  return `(SELECT ${json} FROM (SELECT ${['count(*) AS count', ...columns].join(', ')} FROM ${rows}) AS ${read})`;
}

/** Returns the subquery for the rows of a page, as rows of `row`. */
function rowsOf(statement: Statement, page: PageQuery, parent: string | null, row: string): string {
  const tail = tailSql(statement, table(page.model), page.list, row);
  return `(SELECT * ${fromPageSql(statement, page, parent, row)}${tail}) AS ${row}`;
}

/** Returns the number of all rows of the list of a page, at most `COUNT_MAX` + 1. */
function countSql(statement: Statement, page: PageQuery, parent: string | null): string {
  const row = rowOf(parent);
  const condition = whereSql(statement, table(page.model), page.filter, row);
  const rows = `SELECT ${fromPageSql(statement, page, parent, row)} AND ${condition} LIMIT ${COUNT_MAX + 1}`;
  return `(SELECT count(*) FROM (${rows}) AS found)`;
}

/** Returns the condition that the list of a page has a row that meets a condition. The order finds it by the index at once. */
function anySql(
  statement: Statement,
  page: PageQuery,
  parent: string | null,
  rows: Pick<ListQuery, 'where' | 'orderBy'>,
): string {
  const row = rowOf(parent);
  const tail = tailSql(statement, table(page.model), { ...rows, take: 1 }, row);
  return `(SELECT true ${fromPageSql(statement, page, parent, row)}${tail}) IS TRUE`;
}

/** Returns the FROM clause for all rows of the list of a page. */
function fromPageSql(statement: Statement, { model, relation }: PageQuery, parent: string | null, row: string): string {
  return relation && parent !== null
    ? fromRelationSql(statement, relation, row, parent)
    : fromTableSql(statement, table(model), row);
}

/** Returns an expression for the cursor of a row as JSON. `encodePlace` writes the same text. */
function cursorSql(statement: Statement, { model, column, tag }: PageQuery, row: string): string {
  const prefix = `${statement.parameter(tag)}::text`;
  if (column === null) return `concat('"',${prefix},'.',${row}.id,'"')`;
  const { name, kind } = columnOf(table(model), column);
  const value = kind === 'time' ? `to_char(${row}.${name},'${INSTANT_FORMAT}')` : `${row}.${name}`;
  return `to_json(concat(${prefix},'.',${value},'.',${row}.id))::text`;
}
