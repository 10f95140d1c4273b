import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/server/embedded-postgres/start.ts';
import { openDatabase } from '../../src/store/connection/database.ts';
import { migrate } from '../../src/store/connection/migrate.ts';
import { PARTITIONABLE, partitionTable } from '../../src/store/partitions.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A server where tests make databases of their own. */
    serverUrl: string;
    /** A migrated database on it, to copy. */
    template: string;
  }
}

/** One PostgreSQL for all tests: embedded in a directory of its own, or TEST_DATABASE_URL's. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startServer();
  const template = `gateway_template_${randomBytes(6).toString('hex')}`;
  await administer(server.url, `CREATE DATABASE ${template}`);
  await migrate(databaseUrl(server.url, template));
  if (process.env['PARTITIONED']) await partitionAll(databaseUrl(server.url, template));
  project.provide('serverUrl', server.url);
  project.provide('template', template);
  return async () => {
    await administer(server.url, `DROP DATABASE ${template} WITH (FORCE)`);
    await server.stop();
  };
}

/** The second pass of the tests: the same on partitioned tables. */
async function partitionAll(url: string): Promise<void> {
  const database = openDatabase(url, { connectionsMax: 2, onError: () => {} });
  for (const table of PARTITIONABLE) await partitionTable(database, table, 16);
  await database.close();
}

async function startServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given) return { url: given, stop: async () => {} };
  const directory = mkdtempSync(join(tmpdir(), 'gateway-test-'));
  chmodSync(directory, 0o755);
  const server = await startEmbeddedPostgres(directory, { warn: (message) => process.stderr.write(`${message}\n`) });
  return {
    url: server.url,
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The address of another database of the same server. */
export function databaseUrl(serverUrl: string, database: string): string {
  return Object.assign(new URL(serverUrl), { pathname: `/${database}` }).href;
}

/** Runs one statement on the server itself. */
export async function administer(serverUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
