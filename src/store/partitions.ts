import type pg from 'pg';
import { type Database, databaseErrorCode } from './connection/database.ts';

/** Tables that can be partitioned by merchant: the largest ones. */
export const PARTITIONABLE = ['event', 'transaction'] as const;
/** One of these tables. */
export type Partitionable = (typeof PARTITIONABLE)[number];

/** What partitioning a table has done, and for how long its statements had to wait, in milliseconds. */
export interface Partitioned {
  readonly rows: number;
  readonly pausedMs: number;
}

/** A constraint of a table, and the clause that adds it again. */
interface Constraint {
  readonly name: string;
  readonly table: string;
  readonly definition: string;
}

/** What `CREATE TABLE … (LIKE …)` does not copy, or would copy under other names. */
interface Parts {
  readonly keys: readonly Constraint[];
  /** The statements that create the indexes again. */
  readonly indexes: readonly string[];
  readonly foreignKeys: readonly Constraint[];
  readonly sequences: ReadonlyArray<{ readonly name: string; readonly column: string }>;
}

/** Returns whether a table is partitioned. */
export async function isPartitioned(database: Database, table: Partitionable): Promise<boolean> {
  const { rows } = await database.pool.query<{ kind: string }>(
    "SELECT relkind AS kind FROM pg_class WHERE oid = to_regclass(format('%I', $1::text))",
    [table],
  );
  return rows[0]?.kind === 'p';
}

/**
 * Returns what an operator has given a table that would be lost with it: privileges, storage parameters, triggers, policies or
 * publications. Null when there is nothing.
 */
export async function findUnmovable(database: Database, table: Partitionable): Promise<string | null> {
  const { rows } = await database.pool.query<{ found: string | null }>(
    `SELECT CASE
       WHEN NOT relacl = acldefault('r', relowner) THEN 'privileges'
       WHEN reloptions IS NOT NULL THEN 'storage parameters'
       WHEN EXISTS (SELECT FROM pg_trigger WHERE tgrelid = pg_class.oid AND NOT tgisinternal) THEN 'triggers'
       WHEN EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid) THEN 'policies'
       WHEN EXISTS (SELECT FROM pg_publication_rel WHERE prrelid = pg_class.oid) THEN 'publications' END AS found
       FROM pg_class WHERE oid = to_regclass(format('%I', $1::text))`,
    [table],
  );
  return rows[0]?.found ?? null;
}

/** Returns whether a table could not be locked because others use it: exports, or statements that wait for each other. */
export function isInUse(error: unknown): boolean {
  const code = databaseErrorCode(error);
  return code === '55P03' || code === '40P01';
}

/**
 * Replaces a table by one with `count` partitions, by the hash of the merchant, in one transaction. Whoever needs the table, or one
 * that it refers to, waits meanwhile. Constraints and indexes keep their names.
 */
export async function partitionTable(database: Database, table: Partitionable, count: number): Promise<Partitioned> {
  const client = await database.pool.connect();
  let broken = true;
  try {
    await client.query('BEGIN');
    await client.query('SET LOCAL statement_timeout = 0');
    const begunAt = performance.now();
    await client.query(`LOCK TABLE "${table}" IN ACCESS EXCLUSIVE MODE`);
    const rows = await replace(client, table, count);
    await client.query(`ANALYZE "${table}"`);
    await client.query('COMMIT');
    broken = false;
    return { rows, pausedMs: Math.round(performance.now() - begunAt) };
  } finally {
    // A transaction that has failed ends with its connection.
    client.release(broken);
  }
}

async function replace(client: pg.PoolClient, table: string, count: number): Promise<number> {
  const parts = await partsOf(client, table);
  const old = `${table}_unpartitioned`;
  for (const { name, table: of } of parts.foreignKeys)
    await client.query(`ALTER TABLE ${of} DROP CONSTRAINT "${name}"`);
  await client.query(`ALTER TABLE "${table}" RENAME TO "${old}"`);
  for (const { name } of parts.sequences) await client.query(`ALTER SEQUENCE ${name} OWNED BY NONE`);
  await client.query(
    `CREATE TABLE "${table}" (LIKE "${old}" INCLUDING ALL EXCLUDING INDEXES) PARTITION BY HASH ("merchant_id")`,
  );
  for (let part = 0; part < count; part += 1) {
    const values = `FOR VALUES WITH (MODULUS ${count}, REMAINDER ${part})`;
    await client.query(`CREATE TABLE "${table}_p${part}" PARTITION OF "${table}" ${values}`);
  }
  const { rowCount } = await client.query(`INSERT INTO "${table}" SELECT * FROM "${old}"`);
  await client.query(`DROP TABLE "${old}"`);
  for (const { name, column } of parts.sequences)
    await client.query(`ALTER SEQUENCE ${name} OWNED BY "${table}"."${column}"`);
  for (const { name, definition } of parts.keys)
    await client.query(`ALTER TABLE "${table}" ADD CONSTRAINT "${name}" ${definition}`);
  for (const statement of parts.indexes) await client.query(statement);
  for (const { name, table: of, definition } of parts.foreignKeys)
    await client.query(`ALTER TABLE ${of} ADD CONSTRAINT "${name}" ${definition}`);
  return rowCount ?? 0;
}

async function partsOf(client: pg.PoolClient, table: string): Promise<Parts> {
  const read = async <Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> =>
    (await client.query<Row>(sql, [table])).rows;
  const constraint = `SELECT conname AS name, conrelid::regclass::text AS table, pg_get_constraintdef(oid) AS definition FROM pg_constraint`;
  const indexes = await read<{ statement: string }>(
    `SELECT pg_get_indexdef(indexrelid) AS statement FROM pg_index
      WHERE indrelid = format('%I', $1::text)::regclass
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))`,
  );
  return {
    keys: await read(
      `${constraint} WHERE conrelid = format('%I', $1::text)::regclass AND contype IN ('p', 'u') ORDER BY 1`,
    ),
    foreignKeys: await read(
      `${constraint} WHERE contype = 'f' AND format('%I', $1::text)::regclass IN (conrelid, confrelid) ORDER BY 2, 1`,
    ),
    indexes: indexes.map(({ statement }) => statement),
    sequences: await read(
      `SELECT dependency.objid::regclass::text AS name, attname AS column
         FROM pg_depend AS dependency
         JOIN pg_attribute ON attrelid = dependency.refobjid AND attnum = dependency.refobjsubid
        WHERE dependency.refobjid = format('%I', $1::text)::regclass AND dependency.deptype = 'a'
          AND dependency.classid = 'pg_class'::regclass
          AND (SELECT relkind FROM pg_class WHERE oid = dependency.objid) = 'S'`,
    ),
  };
}
