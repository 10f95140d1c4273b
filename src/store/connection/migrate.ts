import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { POSTGRES_MAJOR_MIN } from './database.ts';

/** Prisma's own migration lock, so that `prisma migrate deploy` and a start of ours never run at once. */
const MIGRATION_LOCK = 72_707_369;
const LOCK_TIMEOUT_MS = 60_000;
const LOCK_NOT_AVAILABLE = '55P03';
const FOLDER = join(import.meta.dirname, '../../../prisma/migrations');

/** A reason not to start that whoever runs the gateway can act on. */
export class MigrationError extends Error {}

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** The migrations of the folder, in order. */
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
 * Applies what is missing, each migration in its own transaction, under a lock that other nodes wait for. The record is
 * kept as `prisma migrate` keeps it. Throws when the server is too old, a migration fails, or one was changed since.
 */
export async function migrate(url: string, migrations = readMigrations()): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // A connection that is lost is told to the statement that waits for it too; unheard here, it would end the process.
  client.on('error', () => {});
  await client.connect();
  try {
    await refuseOldServer(client);
    await client.query(`SET lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await waitForTurn(client);
    await client.query(RECORD_TABLE);
    const applied = await readApplied(client);
    for (const migration of migrations) {
      const checksum = applied.get(migration.name);
      if (checksum === undefined) await apply(client, migration);
      else if (checksum !== migration.checksum) {
        throw new MigrationError(`migration ${migration.name} was changed after it was applied; restore its file`);
      }
    }
  } finally {
    await client.end();
  }
}

async function waitForTurn(client: pg.Client): Promise<void> {
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
  } catch (error) {
    if ((error as { code?: unknown }).code !== LOCK_NOT_AVAILABLE) throw error;
    throw new MigrationError(
      `another node migrates for more than ${LOCK_TIMEOUT_MS / 1_000} s: try again when it is done`,
    );
  }
}

async function refuseOldServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: string }>("SELECT current_setting('server_version_num') AS version");
  const major = Math.floor(Number(rows[0]?.version) / 10_000);
  if (major >= POSTGRES_MAJOR_MIN) return;
  throw new MigrationError(`the database is PostgreSQL ${major}; ${POSTGRES_MAJOR_MIN} or newer is needed`);
}

/**
 * The migrations that were applied, with the checksums of their files. A record without an end is of a version that wrote it beforehand:
 * the migration ran in one transaction, so that PostgreSQL undid it when it was cut off, and it is simply to be done.
 */
async function readApplied(client: pg.Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; checksum: string }>(
    `SELECT migration_name AS name, checksum FROM _prisma_migrations
      WHERE rolled_back_at IS NULL AND finished_at IS NOT NULL`,
  );
  return new Map(rows.map((row) => [row.name, row.checksum]));
}

/**
 * Applies a migration and writes its record in one transaction: either both are there, or neither, however it is cut off. Throws
 * MigrationError when the migration itself fails.
 */
async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query('BEGIN');
    await client.query('DELETE FROM _prisma_migrations WHERE migration_name = $1 AND finished_at IS NULL', [name]);
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('COMMIT');
  } catch (error) {
    // Where the connection is lost PostgreSQL rolls back by itself.
    await client.query('ROLLBACK').catch(() => {});
    const message = error instanceof Error ? error.message : String(error);
    if (isLost(error)) {
      throw new MigrationError(
        `the connection was lost while migration ${name} ran: ${message}; PostgreSQL undoes what was begun, start again`,
        { cause: error },
      );
    }
    throw new MigrationError(
      `migration ${name} failed, and nothing of it was applied: ${message}; start again once the cause is mended`,
    );
  }
}

/** Whether the connection, or the server behind it, went away: PostgreSQL's own word for it, or none of PostgreSQL's at all. */
function isLost(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return true;
  return /^(08|57P0)/.test(error.code ?? '');
}

/** As Prisma's engine creates it. */
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
