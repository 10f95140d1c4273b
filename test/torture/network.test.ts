import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { openDatabase, queryable } from '../../src/store/connection/database.ts';
import { type FaultyNetwork, type Mood, startFaultyNetwork } from '../support/faulty-network.ts';
import { freePort, startGatewayProcess } from '../support/gateway-process.ts';
import { createDatabase } from '../support/harness.ts';
import { pause } from './random.ts';
import { writeSteadily } from './steady-writes.ts';

// The network between the gateway and its database is slow, silent or broken, under writes. Short by default; `npm run
// torture -- network` has each fault for as long as it takes to hurt.
const SECONDS = Number(process.env['NETWORK_SECONDS'] ?? 4);
const FAULTS: readonly Mood[] = ['BREAKING', 'LATE', 'SILENT', 'DRIPPING'];
const WRITES_PER_SECOND = 20;
/** The deadline of a request, and some time for the answer. */
const ANSWER_MS_MAX = 31_000;
const STOPPED_WITHIN_MS = 40_000;
/** What is not answered is given up after thirteen seconds; then everything is as it was. */
const WELL_AGAIN_WITHIN_MS = 5_000 + Math.max(0, 13 - SECONDS) * 1_000;

it(`answers in time, loses nothing and is well again, whatever the network does for ${SECONDS} s each`, {
  timeout: (SECONDS + 40) * 1_000 * FAULTS.length + 900_000,
}, async () => {
  const { url: databaseUrl, drop } = await createDatabase();
  const network = await startFaultyNetwork(Number(new URL(databaseUrl).port));
  const apiKey = randomBytes(32).toString('base64url');
  const gateway = await startGatewayProcess({
    PORT: String(await freePort()),
    DATABASE_URL: Object.assign(new URL(databaseUrl), { port: network.port }).href,
    SECRET: randomBytes(32).toString('base64'),
    DEMO_API_KEY: apiKey,
    LOG_LEVEL: 'error',
    COST_BUCKET: '1000000',
    STOP_NOTICE_SECONDS: '0',
    STOP_SPREAD_SECONDS: '0',
  });
  const writes = await writeSteadily(() => gateway.url, apiKey, { perSecond: WRITES_PER_SECOND });
  await pause(1_000);
  const wellAfterMs: Partial<Record<Mood, number>> = {};
  for (const mood of FAULTS) {
    wellAfterMs[mood] = await suffer(network, mood, () => writes.acknowledged.length);
    await pause(1_000);
  }
  await writes.stop();
  const database = openDatabase(databaseUrl, { connectionsMax: 1, onError: () => {} });
  const rows = await queryable(database).query<{ id: string }>('SELECT id FROM payment');
  await expect.poll(() => queryable(database).query('SELECT 1 FROM event WHERE position IS NULL')).toEqual([]);
  await database.close();
  const kept = new Set(rows.map(({ id }) => id));
  const { acknowledged, refused, wrong, slowestMs } = writes;
  const lost = acknowledged.filter((id) => !kept.has(id));
  console.log({ acknowledged: acknowledged.length, lost: lost.length, refused, slowestMs, wellAfterMs });
  expect(gateway.child.exitCode).toBeNull();
  expect(gateway.output()).not.toContain('"level":50');
  // A database that says nothing any more keeps nobody from stopping.
  network.mood = 'SILENT';
  const stoppedAt = Date.now();
  await gateway.kill('SIGTERM');
  expect(Date.now() - stoppedAt).toBeLessThan(STOPPED_WITHIN_MS);
  expect(lost).toEqual([]);
  expect(wrong).toEqual([]);
  expect(slowestMs).toBeLessThan(ANSWER_MS_MAX);
  for (const ms of Object.values(wellAfterMs)) expect(ms).toBeLessThan(WELL_AGAIN_WITHIN_MS);
  await drop();
});

/** How long after a fault the first write is acknowledged again, in milliseconds. */
async function suffer(network: FaultyNetwork, mood: Mood, acknowledged: () => number): Promise<number> {
  network.mood = mood;
  await pause(SECONDS * 1_000);
  network.mood = 'WELL';
  const wellAt = Date.now();
  const before = acknowledged();
  while (acknowledged() === before && Date.now() - wellAt < 60_000) await pause(20);
  return Date.now() - wellAt;
}
