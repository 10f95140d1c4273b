import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { expect, inject, it } from 'vitest';
import { migrate, readMigrations } from '../../src/store/connection/migrate.ts';
import { makeDataDirectory } from '../support/data-directory.ts';
import { administer, databaseUrl } from '../support/database-server.ts';
import { freePort, spawnGateway, startGatewayProcess, until } from '../support/gateway-process.ts';
import { createRandom, pause } from './random.ts';

// A first start, or the first after an upgrade, that is cut off at a random moment: the next one ends well by itself.
// Short by default; `npm run torture -- first-start` does it 20 times each way.
const CUTS = Number(process.env['START_CUTS'] ?? 2);
const seed = Number(process.env['TORTURE_SEED'] ?? Date.now() % 1_000_000);
const NEW_MIGRATIONS = 6;

type Cut = (gateway: ReturnType<typeof spawnGateway>, url: string) => Promise<unknown>;

const CUTTING: Readonly<Record<string, Cut>> = {
  'kill -9': (gateway) => gateway.kill('SIGKILL'),
  pg_terminate_backend: (_gateway, url) =>
    administer(
      url,
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    ),
};

const MIGRATED = readMigrations();

for (const [name, cut] of Object.entries(CUTTING)) {
  for (const [start, prepared] of [
    ['a first start', []],
    ['an upgrade', MIGRATED.slice(0, -NEW_MIGRATIONS)],
  ] as const) {
    it(`ends well after ${start} was cut off by ${name} at ${CUTS} random moments (seed ${seed})`, {
      timeout: 900_000 + CUTS * 40_000,
    }, async () => {
      const random = createRandom(seed);
      const lengthMs = await measureStart(prepared);
      const left: number[] = [];
      for (let turn = 0; turn < CUTS; turn += 1) {
        const database = await makeDatabase(prepared);
        const env = await environment(database.url);
        const gateway = spawnGateway(env);
        await pause(random.below(lengthMs));
        await cut(gateway, database.url);
        // Cut off from the database alone, it may have ended with a word on it, or go on.
        if (name !== 'kill -9') await Promise.race([gateway.exited, pause(1_000)]);
        await gateway.kill('SIGKILL');
        left.push(await countMigrations(database.url));
        const again = await startGatewayProcess(env);
        await again.kill('SIGTERM');
        expect(await countMigrations(database.url)).toBe(MIGRATED.length);
        expect(await countRows(database.url, 'merchant')).toBe(1);
        await database.drop();
      }
      console.log({ start, cut: name, lengthMs, migrationsLeft: left });
    });
  }
}

async function makeDatabase(
  prepared: readonly (typeof MIGRATED)[number][],
): Promise<{ url: string; drop(): Promise<void> }> {
  const serverUrl = inject('serverUrl');
  const name = `gateway_start_${randomBytes(6).toString('hex')}`;
  await administer(serverUrl, `CREATE DATABASE ${name}`);
  const url = databaseUrl(serverUrl, name);
  if (prepared.length > 0) await migrate(url, [...prepared]);
  return { url, drop: () => administer(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`) };
}

async function environment(url: string): Promise<NodeJS.ProcessEnv> {
  return {
    PORT: String(await freePort()),
    DATA_DIR: makeDataDirectory(),
    DATABASE_URL: url,
    DEMO_API_KEY: randomBytes(32).toString('base64url'),
    SECRET: randomBytes(32).toString('base64'),
    STOP_NOTICE_SECONDS: '0',
  };
}

/** How long a start takes here that nobody cuts off, in milliseconds. */
async function measureStart(prepared: readonly (typeof MIGRATED)[number][]): Promise<number> {
  const database = await makeDatabase(prepared);
  const begunAt = performance.now();
  const gateway = await startGatewayProcess(await environment(database.url));
  const tookMs = performance.now() - begunAt;
  await gateway.kill('SIGTERM');
  await until(() => gateway.child.exitCode !== null || gateway.child.signalCode !== null);
  await database.drop();
  return Math.ceil(tookMs);
}

async function countMigrations(url: string): Promise<number> {
  return countRows(url, '_prisma_migrations WHERE finished_at IS NOT NULL').catch(() => 0);
}

async function countRows(url: string, what: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: string }>(`SELECT count(*) AS count FROM ${what}`);
    return Number(rows[0]?.count);
  } finally {
    await client.end();
  }
}
