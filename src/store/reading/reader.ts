import DataLoader from 'dataloader';
import type { ReusingQueryable } from '../connection/database.ts';
import { fromTableSql } from './from-sql.ts';
import { objectSql, pageSql, rowsSql, tailSql } from './json-sql.ts';
import { COUNT_MAX } from './keyset.ts';
import { decodeRow, type Query, shapeOf } from './selection.ts';
import type { ListQuery, PagePart, PageQuery, Shape } from './shape.ts';
import { ROOT, Statement } from './statement.ts';
import { columnOf, table } from './tables.ts';
import type { Where } from './where.ts';
import { whereSql } from './where-sql.ts';

/** The entities that the API reads. */
export const ENTITIES = [
  'customer',
  'bankAccount',
  'card',
  'paymentMethod',
  'mandate',
  'payment',
  'transaction',
  'deposit',
  'settlement',
  'settlementEntry',
  'batch',
  'quarantinedAnswer',
  'auditEntry',
  'apiKey',
  'merchant',
  'lookup',
  'webhookEndpoint',
  'webhookDelivery',
] as const;
/** One of the entities that the API reads. */
export type Entity = (typeof ENTITIES)[number];

/** A row with the selected fields; the id is always included. */
export type Row = Readonly<Record<string, unknown>> & { readonly id: string };

/** Column and ids of the parents whose rows are counted. */
export interface Parents {
  readonly column: string;
  readonly ids: readonly string[];
}

/**
 * Reads the data of one merchant. A query says which columns and relations are read, in the form of Prisma's `select`; each
 * call runs one statement.
 */
export interface Reader {
  /** Returns the rows of a list. */
  list(entity: Entity, query: Query, list: ListQuery): Promise<Row[]>;
  /** Returns a row that matches a condition, or null when there is none. */
  find(entity: Entity, query: Query, where: Where): Promise<Row | null>;
  /** Returns whether a row matches a condition; it is looked for in the given order, so that an index finds it at once. */
  exists(entity: Entity, where: Where, orderBy: ListQuery['orderBy']): Promise<boolean>;
  /** Returns the number of rows that match a condition, at most `COUNT_MAX` + 1. */
  count(entity: Entity, where: Where): Promise<number>;
  /** Returns the number of matching rows by the id of their parent, at most `COUNT_MAX` + 1 each. */
  countByParent(entity: Entity, parents: Parents, where: Where): Promise<ReadonlyMap<string, number>>;
  /** Reads JSON as it is answered; null for a reader that only returns rows. */
  readonly texts: TextReader | null;
}

/** Reads the JSON of an answer, which PostgreSQL writes. Each call runs one statement. */
export interface TextReader {
  /** Returns the JSON of a row that matches a condition; "null" when there is none. */
  object(model: string, where: Where, shape: Shape): Promise<string>;
  /** Returns the JSON of a page. */
  page(page: PageQuery, parts: readonly PagePart[]): Promise<string>;
}

/** Returns the reader of a merchant. */
export function createReader(database: ReusingQueryable, merchantId: string): Reader {
  const run = <Result>(statement: Statement, sql: string) => runStatement<Result>(database, statement, sql);
  const list: Reader['list'] = async (entity, query, listQuery) => {
    const statement = new Statement(merchantId);
    const of = table(entity);
    const shape = shapeOf(of, query);
    const rows = `(SELECT * ${fromTableSql(statement, of, ROOT)}${tailSql(statement, of, listQuery, ROOT)}) AS ${ROOT}`;
    const json = rowsSql(`SELECT ${objectSql(statement, shape, ROOT)} FROM ${rows}`);
    const [found] = await run<{ rows: string }>(statement, `SELECT ${json} AS rows`);
    const decoded = JSON.parse(`[${found?.rows ?? ''}]`) as Row[];
    for (const row of decoded) decodeRow(row, shape);
    return decoded;
  };
  /** Returns the FROM clause for the rows that are counted. */
  const countedSql = (statement: Statement, entity: Entity, where: Where): string => {
    statement.isPlannedForValues = true;
    const of = table(entity);
    return `${fromTableSql(statement, of, ROOT)} AND ${whereSql(statement, of, where, ROOT)}`;
  };
  return {
    list,
    find: async (entity, query, where) => (await list(entity, query, { where, orderBy: [], take: 1 }))[0] ?? null,
    exists: async (entity, where, orderBy) =>
      (await list(entity, { select: { id: true } }, { where, orderBy, take: 1, isFiltered: true })).length > 0,
    count: async (entity, where) => {
      const statement = new Statement(merchantId);
      const sql = `SELECT count(*) AS count FROM (SELECT ${countedSql(statement, entity, where)} LIMIT ${COUNT_MAX + 1}) AS found`;
      const [row] = await run<{ count: number }>(statement, sql);
      return row?.count ?? 0;
    },
    countByParent: async (entity, { column, ids }, where) => {
      const statement = new Statement(merchantId);
      const parents = statement.parameter(ids);
      const own = columnOf(table(entity), column).name;
      const rows = `SELECT ${countedSql(statement, entity, where)} AND ${ROOT}.${own} = parent.id LIMIT ${COUNT_MAX + 1}`;
      const counted = await run<{ id: string; count: number }>(
        statement,
        `SELECT parent.id, (SELECT count(*) FROM (${rows}) AS found) AS count FROM unnest(${parents}::text[]) AS parent(id)`,
      );
      return new Map(counted.map(({ id, count }) => [id, count]));
    },
    texts: createTextReader(database, merchantId),
  };
}

function createTextReader(database: ReusingQueryable, merchantId: string): TextReader {
  const read = async (statement: Statement, sql: string): Promise<string> => {
    const [row] = await runStatement<{ json: string }>(database, statement, sql);
    return row?.json ?? 'null';
  };
  return {
    object(model, where, shape) {
      const statement = new Statement(merchantId);
      const of = table(model);
      const json = objectSql(statement, shape, ROOT);
      const condition = whereSql(statement, of, where, ROOT);
      return read(statement, `SELECT ${json} AS json ${fromTableSql(statement, of, ROOT)} AND ${condition} LIMIT 1`);
    },
    page(page, parts) {
      const statement = new Statement(merchantId);
      return read(statement, `SELECT ${pageSql(statement, page, parts, null)} AS json`);
    },
  };
}

function runStatement<Result>(database: ReusingQueryable, statement: Statement, sql: string): Promise<Result[]> {
  const { values, isPlannedForValues } = statement;
  return isPlannedForValues ? database.query(sql, values) : database.queryAgain(sql, values);
}

/** The part of a Prisma client that Pothos uses at run time. */
export type PothosClient = Readonly<Record<string, { findUniqueOrThrow(args: Reload): Promise<Row> }>>;

interface Reload extends Query {
  readonly where: { readonly merchantId_id: { readonly id: string } } | { readonly id: string };
}

/**
 * Returns the client by which Pothos reads an object again, where a document selects one list of it twice with different
 * arguments. All objects of one selection are read in one statement.
 */
export function pothosClient(reader: Reader): PothosClient {
  const loaders = new Map<string, DataLoader<string, Row | null>>();
  const loaderOf = (entity: Entity, query: Query): DataLoader<string, Row | null> => {
    const key = `${entity} ${JSON.stringify(query, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))}`;
    const known = loaders.get(key);
    if (known) return known;
    const made = new DataLoader<string, Row | null>(async (ids) => {
      const selected = { ...query, select: { ...query.select, id: true } };
      const rows = await reader.list(entity, selected, { where: { id: { in: [...ids] } }, orderBy: [], take: null });
      const byId = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => byId.get(id) ?? null);
    });
    loaders.set(key, made);
    return made;
  };
  const clientOf = (entity: Entity): PothosClient[string] => ({
    findUniqueOrThrow: async ({ where, ...query }) => {
      const { id } = 'merchantId_id' in where ? where.merchantId_id : where;
      const row = await loaderOf(entity, query).load(id);
      if (!row) throw new Error(`${entity} ${id} is absent`);
      return row;
    },
  });
  return Object.fromEntries(ENTITIES.map((entity) => [entity, clientOf(entity)]));
}
