import pg from 'pg';
import { inStatement } from '../../tracing/spans.ts';
import { type IdSource, RANDOM_IDS } from '../ids.ts';
import { PatientPool } from './patient-pool.ts';
import { Pipeline, SILENCE, SILENCE_MS } from './pipeline.ts';
import { rowsOf } from './rows.ts';
import { serversOf } from './servers.ts';
import { StatementNames } from './statement-names.ts';
import { withTimeout } from './with-timeout.ts';

/** Oldest supported major version of PostgreSQL. */
export const POSTGRES_MAJOR_MIN = 15;
const STATEMENT_TIMEOUT_MS = 10_000;
const LOCK_TIMEOUT_MS = 3_000;
/** Settings of each connection. They are no parameters of the connection itself, which poolers refuse and Citus does not hand on. */
const SETTINGS = [
  `SET statement_timeout = ${STATEMENT_TIMEOUT_MS}`,
  `SET lock_timeout = ${LOCK_TIMEOUT_MS}`,
  `SET idle_in_transaction_session_timeout = ${STATEMENT_TIMEOUT_MS}`,
  "SET timezone = 'UTC'",
  "SET datestyle = 'ISO'",
  'SET jit = off',
  // Suits data in memory or on SSDs. With the default, a foreign key first checked while its table was empty is
  // checked by a full scan for each new row, until the table has statistics.
  'SET random_page_cost = 1.1',
].join('; ');
const IDLE_MS = 300_000;
/** Maximum number of attempts of a transaction, the first included. */
const ATTEMPTS_MAX = 4;
/** Maximum wait for connections to close, in case the server does not answer. */
const CLOSE_MS = 2_000;

/** SQLSTATE of a serialization failure, a deadlock, and a unique violation by a concurrent transaction. */
const RETRYABLE_CODES = new Set(['40001', '40P01', '23505']);

/** The connection pool. */
export interface Database {
  readonly pool: pg.Pool;
  /** Names of statements that are sent again and again; null behind a pooler that gives each transaction another connection. */
  readonly names: StatementNames | null;
  /** Called with the error of every failed statement and transaction. */
  readonly onFailure: (error: unknown) => void;
  close(): Promise<void>;
}

/** Runs single statements, in a transaction or on any connection. Columns are returned in camelCase. */
export interface Queryable {
  query<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** Also runs statements that are sent again and again with one plan for all their values. */
export interface ReusingQueryable extends Queryable {
  queryAgain<Row>(sql: string, values: readonly unknown[]): Promise<Row[]>;
}

/** An inserted row: its columns by their names in Prisma's schema. Columns with a default may be absent. */
export type InsertedRow = Readonly<Record<string, unknown>> & { readonly id: string };

/**
 * An open transaction. Its statements are pipelined: each is sent at once and they run in the order of the calls, so
 * statements that do not depend on each other's results share a round trip.
 */
export interface Tx extends Queryable {
  /**
   * Sends a statement without waiting for it. If it fails, so do the next result and the commit, with its error. Until a later
   * result has come, it may not have run: nothing that depends on it may be read by another connection.
   */
  send(sql: string, values?: readonly unknown[]): void;
  /** Source of the ids of rows written in the transaction; in that of a merchant only after the first result. */
  ids: IdSource;
  /**
   * Rows that the transaction has inserted and not changed since, by id, with the columns that were given. `insertEvents` removes
   * those that an event of a later version changes.
   */
  readonly inserted: Map<string, InsertedRow>;
  /** Registers an action that runs after the transaction has committed, and only then. */
  onCommit(action: () => void): void;
}

/** Opens the pool used by everything except LISTEN. `bigint` is read as a safe integer, `date` as `YYYY-MM-DD`. */
export function openDatabase(
  url: string,
  options: {
    connectionsMax: number;
    onError: (error: Error) => void;
    onFailure?: (error: unknown) => void;
    hasNamedStatements?: boolean | undefined;
  },
): Database {
  const pool = new PatientPool(serversOf(url), {
    max: options.connectionsMax,
    connectionTimeoutMillis: 5_000,
    // Connections keep the plans and caches of their statements while traffic lasts.
    idleTimeoutMillis: IDLE_MS,
    keepAlive: true,
    settings: SETTINGS,
    types: { getTypeParser },
    pipeline: true,
  });
  let isClosing = false;
  // A server that stops may end a connection before it has read that we have ended it.
  pool.on('error', (error) => isClosing || options.onError(error));
  // A connection lost between two statements of a transaction emits only this event; unhandled, it ends the process.
  pool.on('connect', (client) => client.on('error', () => {}));
  return {
    pool,
    names: (options.hasNamedStatements ?? true) ? new StatementNames() : null,
    onFailure: options.onFailure ?? (() => {}),
    async close() {
      isClosing = true;
      await withTimeout(pool.end(), CLOSE_MS, undefined);
    },
  };
}

const getTypeParser: pg.CustomTypesConfig['getTypeParser'] = (oid: number, format?: string) => {
  if (oid === pg.types.builtins.INT8) return readInteger;
  if (oid === pg.types.builtins.DATE) return String;
  return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid, 'text');
};

function readInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('An integer from the database exceeds the safe range.');
  return value;
}

/** Returns a `Queryable` outside any transaction: each statement runs on any connection. */
export function queryable(database: Database): ReusingQueryable {
  const { pool, names } = database;
  const query: Queryable['query'] = (sql, values) => run(database, pool, sql, values);
  return {
    query,
    queryAgain: async (sql, values) => {
      const name = names?.nameOf(sql);
      if (!names || name === undefined) return query(sql, values);
      const client = await pool.connect().catch((error: unknown) => {
        database.onFailure(error);
        throw error;
      });
      let broken: Error | undefined;
      try {
        return await run(database, client, sql, values, name);
      } catch (error) {
        broken = error as Error;
        throw error;
      } finally {
        // After an error the connection may be silent, or lack a statement that it is thought to have.
        client.release(broken ?? names.isFull(client));
      }
    },
  };
}

/**
 * Runs `work` in one transaction (READ COMMITTED) on one connection. After a conflict with another transaction all of
 * `work` runs again, at most `ATTEMPTS_MAX` times in all, so it must have no effects outside the transaction.
 */
export async function withTransaction<Result>(database: Database, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { result, actions } = await attemptTransaction(database, work);
      for (const action of actions) action();
      return result;
    } catch (error) {
      if (attempt === ATTEMPTS_MAX || !isRetryable(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, attempt * 5 * (1 + Math.random())));
    }
  }
}

async function attemptTransaction<Result>(database: Database, work: (tx: Tx) => Promise<Result>) {
  const client = await database.pool.connect();
  const actions: Array<() => void> = [];
  const pipeline = new Pipeline(client, database.names);
  let broken: Error | undefined;
  try {
    pipeline.begin();
    const result = await work({
      query: (sql, values) => pipeline.query(sql, values),
      send: (sql, values) => pipeline.send(sql, values),
      ids: RANDOM_IDS,
      inserted: new Map(),
      onCommit: (action) => actions.push(action),
    });
    await pipeline.commit();
    return { result, actions };
  } catch (thrown) {
    const error = pipeline.failure ?? thrown;
    database.onFailure(error);
    // After an error that PostgreSQL did not report, the connection may be lost, or lack a statement that it is thought to have.
    const { failure } = pipeline;
    const isUsable = !failure || (failure instanceof pg.DatabaseError && failure.code !== READ_ONLY);
    broken = isUsable ? await pipeline.rollBack() : failure;
    throw error;
  } finally {
    pipeline.end();
    client.release(broken ?? database.names?.isFull(client) ?? false);
  }
}

async function run<Row>(
  { onFailure }: Database,
  client: pg.Pool | pg.PoolClient,
  sql: string,
  values: readonly unknown[] = [],
  name?: string,
): Promise<Row[]> {
  const query: pg.QueryArrayConfig<unknown[]> & { query_timeout: number } = {
    text: sql,
    values: [...values],
    rowMode: 'array',
    query_timeout: SILENCE_MS,
  };
  if (name !== undefined) query.name = name;
  const result = await inStatement(sql, () => client.query<unknown[]>(query)).catch((error: unknown) => {
    onFailure(error);
    throw error;
  });
  return rowsOf(result);
}

/** SQLSTATE of a write on a server that accepts none: another connection may reach the one that does. */
const READ_ONLY = '25006';

/** Codes of PostgreSQL and of sockets for a database that is temporarily unavailable. */
const UNAVAILABLE_CODES = /^(08|25006$|25P0[34]|53|57|ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|EHOST|ENET|ETIMEDOUT|55P03$)/;
/** Messages of pg, which have no code, for a lost connection or for none becoming free in time. */
const UNAVAILABLE_MESSAGES =
  /Connection terminated|connection error and is not queryable|timeout exceeded when trying to connect/;

/** Returns whether an error is temporary (timeout, conflict, lost connection), so that the same call may be retried. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = databaseErrorCode(error);
  if (code !== null && (UNAVAILABLE_CODES.test(code) || RETRYABLE_CODES.has(code))) return true;
  return isSilence(error) || UNAVAILABLE_MESSAGES.test(error.message) || isUnavailable(error.cause);
}

/** Returns whether the server did not answer at all. The connection must not be used again. */
function isSilence(error: unknown): boolean {
  return error instanceof Error && error.message === SILENCE;
}

/** Returns whether a statement was cancelled because it exceeded its timeout. */
export function isTimeout(error: unknown): boolean {
  return error instanceof Error && (databaseErrorCode(error) === '57014' || isTimeout(error.cause));
}

function isRetryable(error: unknown): boolean {
  const code = databaseErrorCode(error);
  return code !== null && RETRYABLE_CODES.has(code);
}

/** Returns the SQLSTATE of an error, or the code of the socket; null when there is none. */
export function databaseErrorCode(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : null;
}
