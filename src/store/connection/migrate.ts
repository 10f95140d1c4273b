import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { POSTGRES_MAJOR_MIN } from './database.ts';
import { PROJECT_ROOT } from './project-root.ts';
import { connectClient } from './servers.ts';

/** Prisma's own migration lock, so that `prisma migrate deploy` and a starting node never migrate at the same time. */
const MIGRATION_LOCK = 72_707_369;
const LOCK_TIMEOUT_MS = 60_000;
const LOCK_NOT_AVAILABLE = '55P03';
const FOLDER = join(PROJECT_ROOT, 'prisma/migrations');

/** A migration failure that prevents the start and that the operator can resolve. */
export class MigrationError extends Error {}

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** Returns the migrations of a folder, ordered by name. */
export function readMigrations(folder = FOLDER): Migration[] {
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'migration.sql')))
    .sort()
    .map((name) => {
      const sql = readFileSync(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

/**
 * Applies the missing migrations, each in its own transaction, which holds a lock that other nodes wait for. They are
 * recorded in the format of `prisma migrate`. Throws `MigrationError` when the server is too old, a migration fails,
 * another node holds the lock for too long, or an applied migration was changed.
 */
export async function migrate(url: string, migrations = readMigrations()): Promise<void> {
  const client = await connectClient(url);
  try {
    await refuseOldServer(client);
    for (let hasApplied = true; hasApplied; ) hasApplied = await applyNext(client, migrations);
  } finally {
    await client.end();
  }
}

/**
 * Applies the first missing migration in a transaction and returns whether there was one. The transaction holds the lock: a lock of
 * the session would stay with another connection behind a pooler.
 */
async function applyNext(client: pg.Client, migrations: readonly Migration[]): Promise<boolean> {
  await client.query('BEGIN');
  try {
    await waitForTurn(client);
    await client.query(RECORD_TABLE);
    const applied = await readApplied(client);
    const changed = migrations.find(({ name, checksum }) => (applied.get(name) ?? checksum) !== checksum);
    if (changed)
      throw new MigrationError(`migration ${changed.name} was changed after it was applied; restore its original file`);
    const missing = migrations.find(({ name }) => !applied.has(name));
    if (missing) await apply(client, missing);
    await client.query('COMMIT');
    return missing !== undefined;
  } catch (error) {
    // When the connection is lost, PostgreSQL rolls back by itself.
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

async function waitForTurn(client: pg.Client): Promise<void> {
  try {
    // The role may have limits for the gateway's own statements. A migration takes the time that it needs.
    await client.query(`SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
  } catch (error) {
    if ((error as { code?: unknown }).code !== LOCK_NOT_AVAILABLE) throw error;
    throw new MigrationError(
      `another node has been migrating for more than ${LOCK_TIMEOUT_MS / 1_000} s; start again when it has finished`,
    );
  }
}

async function refuseOldServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: string }>("SELECT current_setting('server_version_num') AS version");
  const major = Math.floor(Number(rows[0]?.version) / 10_000);
  if (major >= POSTGRES_MAJOR_MIN) return;
  throw new MigrationError(`the database is PostgreSQL ${major}; use version ${POSTGRES_MAJOR_MIN} or later`);
}

/**
 * Returns the checksums of the applied migrations by name. A record without an end is ignored: PostgreSQL rolled the
 * interrupted migration back, so it is applied again.
 */
async function readApplied(client: pg.Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; checksum: string }>(
    `SELECT migration_name AS name, checksum FROM _prisma_migrations
      WHERE rolled_back_at IS NULL AND finished_at IS NOT NULL`,
  );
  return new Map(rows.map((row) => [row.name, row.checksum]));
}

/**
 * Applies a migration and inserts its record in the open transaction, so that an interruption leaves both or neither. Throws
 * `MigrationError` when the migration fails or the connection is lost.
 */
async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query('DELETE FROM _prisma_migrations WHERE migration_name = $1 AND finished_at IS NULL', [name]);
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (isLost(error)) {
      throw new MigrationError(
        `the connection was lost while migration ${name} ran: ${message}; PostgreSQL rolls it back, so start again`,
        { cause: error },
      );
    }
    throw new MigrationError(`migration ${name} failed and was rolled back: ${message}; fix the cause and start again`);
  }
}

/** Returns whether the connection or the server was lost: PostgreSQL says so, or the error is not from PostgreSQL. */
function isLost(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return true;
  return /^(08|57P0)/.test(error.code ?? '');
}

/** The table of applied migrations, as Prisma's engine creates it. */
const RECORD_TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id                    varchar(36) PRIMARY KEY NOT NULL,
  checksum              varchar(64) NOT NULL,
  finished_at           timestamptz,
  migration_name        varchar(255) NOT NULL,
  logs                  text,
  rolled_back_at        timestamptz,
  started_at            timestamptz NOT NULL DEFAULT now(),
  applied_steps_count   integer NOT NULL DEFAULT 0
)`;
