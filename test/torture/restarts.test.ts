import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { startEmbeddedPostgres } from '../../src/server/embedded-postgres/start.ts';
import { makeDataDirectory } from '../support/data-directory.ts';
import { freePort, startGatewayProcess } from '../support/gateway-process.ts';
import { pause } from './random.ts';
import { writeSteadily } from './steady-writes.ts';

// A PostgreSQL that is stopped again and again under writes, and comes back. Short by default; `npm run torture -- restarts` goes on for
// five minutes, a restart each twenty seconds.
const SECONDS = Number(process.env['RESTART_SECONDS'] ?? 15);
const EVERY_MS = Number(process.env['RESTART_EVERY_MS'] ?? 6_000);
const WRITES_PER_SECOND = 50;
const READY_WITHIN_MS = 30_000;

it(`loses no acknowledged write while PostgreSQL restarts every ${EVERY_MS} ms for ${SECONDS} s`, {
  timeout: SECONDS * 1_000 + 900_000,
}, async () => {
  const embedded = await startEmbeddedPostgres(makeDataDirectory(), { warn: () => {} });
  onTestFinished(() => embedded.stop());
  const apiKey = randomBytes(32).toString('base64url');
  const gateway = await startGatewayProcess({
    PORT: String(await freePort()),
    DATABASE_URL: embedded.url,
    SECRET: randomBytes(32).toString('base64'),
    DEMO_API_KEY: apiKey,
    LOG_LEVEL: 'silent',
    COST_BUCKET: '1000000',
  });
  const writes = await writeSteadily(() => gateway.url, apiKey, { perSecond: WRITES_PER_SECOND });
  const deadline = Date.now() + SECONDS * 1_000;
  const restarting = (async () => {
    const readyAfterMs: number[] = [];
    while (Date.now() < deadline - EVERY_MS / 2) {
      await pause(EVERY_MS / 2);
      const pid = Number(readFileSync(join(embedded.home, 'postgres/postmaster.pid'), 'utf8').split('\n', 1)[0]);
      process.kill(pid, 'SIGINT');
      while (isAlive(pid)) await pause(10);
      readyAfterMs.push(await untilReady(embedded.url, gateway.url));
      await pause(EVERY_MS / 2);
    }
    return readyAfterMs;
  })();
  const readyAfterMs = await restarting;
  await writes.stop();
  const client = new pg.Client({ connectionString: embedded.url });
  await client.connect();
  const { rows } = await client.query<{ id: string }>('SELECT id FROM payment');
  await client.end();
  const kept = new Set(rows.map(({ id }) => id));
  const { acknowledged, refused, wrong } = writes;
  const lost = acknowledged.filter((id) => !kept.has(id));
  console.log({
    acknowledged: acknowledged.length,
    lost: lost.length,
    refused,
    restarts: readyAfterMs.length,
    readyAfterMs: Math.max(...readyAfterMs),
  });
  await gateway.kill('SIGKILL');
  expect(lost).toEqual([]);
  expect(wrong).toEqual([]);
  expect(readyAfterMs.length).toBeGreaterThan(0);
  expect(Math.max(...readyAfterMs)).toBeLessThan(READY_WITHIN_MS);
  expect(acknowledged.length).toBeGreaterThan(0);
});

/** How long the gateway takes to be ready once the database is there again, in milliseconds. */
async function untilReady(databaseUrl: string, gatewayUrl: string): Promise<number> {
  for (;;) {
    const client = new pg.Client({ connectionString: databaseUrl });
    client.on('error', () => {});
    const isThere = await client.connect().then(
      () => true,
      () => false,
    );
    await client.end().catch(() => {});
    if (isThere) break;
    await pause(20);
  }
  const thereAt = Date.now();
  while ((await fetch(gatewayUrl.replace('/graphql', '/readyz'))).status !== 200) await pause(20);
  return Date.now() - thereAt;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
