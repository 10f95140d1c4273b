import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../../src/server/embedded-postgres/start.ts';
import { migrate } from '../../../src/store/connection/migrate.ts';
import { administer, databaseUrl } from '../../support/database-server.ts';

/** Settings of the server beside those of the embedded one. Autovacuum would work during one measurement and not another. */
const SETTINGS = {
  autovacuum: 'off',
  checkpoint_timeout: '30min',
  effective_cache_size: '8GB',
  max_wal_size: '8GB',
  random_page_cost: '1.1',
  work_mem: '32MB',
} as const;

/** A migrated, empty database on a PostgreSQL server that this process has started for itself. */
export interface OwnDatabase {
  readonly url: string;
  /** The process whose children are PostgreSQL's other processes. */
  readonly postmasterPid: number;
  readonly client: pg.Client;
  /** Throws unless the connection leads to the database that was created here, on the server that was started here. */
  proveOwn(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a server in `directory`, which must be new and this process's own, and creates a database on it. */
export async function startOwnDatabase(directory: string): Promise<OwnDatabase> {
  const own = `${realpathSync(directory)}${sep}`;
  const server = await startEmbeddedPostgres(directory, { warn: (message) => process.stderr.write(`${message}\n`) });
  try {
    requireLoopback(server.url);
    for (const [name, value] of Object.entries(SETTINGS)) {
      await administer(server.url, `ALTER SYSTEM SET ${name} = '${value}'`);
    }
    await administer(server.url, 'SELECT pg_reload_conf()');
    const name = `bench_${randomBytes(6).toString('hex')}`;
    await administer(server.url, `CREATE DATABASE ${name}`);
    const url = databaseUrl(server.url, name);
    await migrate(url);
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    await client.connect();
    const files = await dataDirectory(client);
    const proveOwn = async (): Promise<void> => {
      requireLoopback(url);
      const at = await client.query<{ name: string }>('SELECT current_database() AS name');
      assert.equal(at.rows[0]?.name, name, 'the database is not the one that was created here');
      const found = realpathSync(await dataDirectory(client));
      assert.ok(`${found}${sep}`.startsWith(own), `the server at ${found} is not the one that was started in ${own}`);
    };
    await proveOwn();
    const postmasterPid = Number(readFileSync(join(files, 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
    return {
      url,
      postmasterPid,
      client,
      proveOwn,
      async stop() {
        await client.end().catch(() => {});
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function dataDirectory(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
  return rows[0]?.data_directory ?? '';
}

/** Throws unless the URL leads to this machine. */
function requireLoopback(url: string): void {
  const { hostname } = new URL(url);
  assert.ok(['127.0.0.1', '[::1]', 'localhost'].includes(hostname), `${hostname} is not a loopback address`);
}
