import pg from 'pg';
import { type IdSource, RANDOM_IDS } from '../ids.ts';
import { PatientPool } from './patient-pool.ts';
import { createPrisma, type Prisma } from './prisma.ts';
import { learnTime } from './wall-time.ts';
import { withTimeout } from './with-timeout.ts';

/** The oldest PostgreSQL that serves. */
export const POSTGRES_MAJOR_MIN = 15;
const STATEMENT_TIMEOUT_MS = 10_000;
const LOCK_TIMEOUT_MS = 3_000;
/** Later than the server's own timeouts: what has said nothing by then is not there any more. */
const SILENCE_MS = 13_000;
const ATTEMPTS_MAX = 4;
/** A server that says nothing is not waited for. */
const CLOSE_MS = 2_000;

/** Serialisation failure, deadlock, and a unique value that another transaction took after it was checked. */
const RETRYABLE_CODES = new Set(['40001', '40P01', '23505']);

export interface Database {
  readonly pool: pg.Pool;
  readonly prisma: Prisma;
  /** Hears of every statement that failed. */
  readonly onFailure: (error: unknown) => void;
  close(): Promise<void>;
}

/** One statement on the connection of a transaction, or on any connection. Columns come back in camelCase. */
export interface Queryable {
  query<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

export interface Tx extends Queryable {
  /** Where ids of what it writes come from. */
  ids: IdSource;
  /** Runs when, and only when, the transaction has committed. */
  onCommit(action: () => void): void;
}

/** Opens the pool that everything but LISTEN shares. `bigint` is read as a safe integer, `date` as `YYYY-MM-DD`. */
export function openDatabase(
  url: string,
  options: { connectionsMax: number; onError: (error: Error) => void; onFailure?: (error: unknown) => void },
): Database {
  const pool = new PatientPool({
    connectionString: url,
    max: options.connectionsMax,
    connectionTimeoutMillis: 5_000,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    query_timeout: SILENCE_MS,
    keepAlive: true,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    // Pages are in memory or on a disk without an arm. With the default a table that was empty when its foreign keys were first
    // checked is read from end to end for each new row, until its statistics are made.
    options: '-c jit=off -c timezone=UTC -c random_page_cost=1.1',
    types: { getTypeParser },
  });
  pool.on('error', options.onError);
  // A connection that is lost between two statements of a transaction tells it here alone; unheard, it ends the process.
  pool.on('connect', (client) => client.on('error', () => {}));
  let prisma: Prisma | null = null;
  return {
    pool,
    onFailure: options.onFailure ?? (() => {}),
    get prisma() {
      prisma ??= createPrisma(pool);
      return prisma;
    },
    async close() {
      if (prisma) await withTimeout(prisma.$disconnect(), CLOSE_MS, undefined);
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
  if (!Number.isSafeInteger(value)) throw new RangeError('An integer from the database is beyond what is exact.');
  return value;
}

/** Statements outside a transaction, each on any connection. */
export function queryable(database: Database): Queryable {
  return { query: (sql, values) => run(database, database.pool, sql, values) };
}

/**
 * Runs `work` in one transaction (READ COMMITTED) on one connection. On a conflict with another transaction the whole of
 * it runs again, at most four times: it must do nothing but read and write here.
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
  let broken: Error | undefined;
  try {
    await begin(client);
    const result = await work({
      query: (sql, values) => run(database, client, sql, values),
      ids: RANDOM_IDS,
      onCommit: (action) => actions.push(action),
    });
    await client.query('COMMIT');
    return { result, actions };
  } catch (error) {
    database.onFailure(error);
    if (isSilence(error)) broken = error as Error;
    else {
      await client.query('ROLLBACK').catch((rollbackError: Error) => {
        broken = rollbackError;
      });
    }
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Begins a transaction, and learns what time it is at the database. */
async function begin(client: pg.PoolClient): Promise<void> {
  const askedAt = performance.now();
  // Two statements in one message are answered by two results, which the types of pg do not know.
  const results = (await client.query('BEGIN; SELECT clock_timestamp() AS now')) as unknown as Array<
    pg.QueryResult<{ now: Date }>
  >;
  const now = results[1]?.rows[0]?.now;
  if (now) learnTime(now, performance.now() - askedAt);
}

async function run<Row>(
  { onFailure }: Database,
  client: pg.Pool | pg.PoolClient,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const query: pg.QueryArrayConfig<unknown[]> = { text: sql, values: [...values], rowMode: 'array' };
  const { rows, fields } = await client.query<unknown[]>(query).catch((error: unknown) => {
    onFailure(error);
    throw error;
  });
  const names = fields.map((field) => camelCase(field.name));
  return rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]])) as Row);
}

/** Codes of PostgreSQL, of sockets and of Prisma that say: not now. */
const UNAVAILABLE_CODES = /^(08|25006$|25P0[34]|53|57|ECONN|EPIPE|P10|P2024$|P2034$|55P03$)/;
/** What pg says when `query_timeout` is over. */
const SILENCE = 'Query read timeout';
/** What pg says without a code when a connection is lost, or none is to be had. */
const UNAVAILABLE_MESSAGES =
  /Connection terminated|connection error and is not queryable|timeout exceeded when trying to connect/;

/** A statement that ran into its timeout, a connection that was lost: worth the same call again. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = databaseErrorCode(error);
  if (code !== null && (UNAVAILABLE_CODES.test(code) || RETRYABLE_CODES.has(code))) return true;
  return isSilence(error) || UNAVAILABLE_MESSAGES.test(error.message) || isUnavailable(error.cause);
}

/** The server has not answered at all: on this connection it will not any more. */
function isSilence(error: unknown): boolean {
  return error instanceof Error && error.message === SILENCE;
}

/** A statement that took longer than it may. */
export function isTimeout(error: unknown): boolean {
  return error instanceof Error && (databaseErrorCode(error) === '57014' || isTimeout(error.cause));
}

function isRetryable(error: unknown): boolean {
  const code = databaseErrorCode(error);
  return code !== null && RETRYABLE_CODES.has(code);
}

/** PostgreSQL's code, also where Prisma has wrapped it; else that of the socket or of Prisma. */
export function databaseErrorCode(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { code, meta } = error as {
    code?: unknown;
    meta?: { driverAdapterError?: { cause?: { originalCode?: unknown } } };
  };
  const found = meta?.driverAdapterError?.cause?.originalCode ?? code;
  return typeof found === 'string' ? found : null;
}

export function camelCase(name: string): string {
  return name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
