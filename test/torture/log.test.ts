import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { encodeCursor } from '../../src/event-log/cursor.ts';
import { startEmbeddedPostgres } from '../../src/server/embedded-postgres/start.ts';
import { startNode } from '../../src/server/gateway.ts';
import { newApiKey } from '../../src/services/access/api-key.ts';
import { SCOPES } from '../../src/services/app.ts';
import { createMerchant } from '../../src/services/merchants/create-merchant.ts';
import { queryable } from '../../src/store/connection/database.ts';
import { migrate } from '../../src/store/connection/migrate.ts';
import { findLogHead } from '../../src/store/events/event-log.ts';
import { deriveSecrets } from '../../src/store/secrets.ts';
import { makeDataDirectory } from '../support/data-directory.ts';
import { freePort, type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { startHoppingReader } from './hopping-reader.ts';
import { dropWakeUps, prepareAggregates, readLog, readNaively, writeAll } from './log-writers.ts';
import { createRandom, pause } from './random.ts';

// The log under torture: writers whose transactions commit out of order, three nodes that are killed and stopped in turn, wake-ups
// that are lost, a PostgreSQL that dies, and subscribers that hop between the nodes with their last cursor. Short by default;
// `npm run torture -- log` goes on for ten minutes.
const SECONDS = Number(process.env['TORTURE_SECONDS'] ?? 15);
const seed = Number(process.env['TORTURE_SEED'] ?? Date.now() % 1_000_000);
const MERCHANTS = 6;
const WRITERS = 32;
const NODES = 3;
/** So long a stopped node stands still: longer than a reader stays. */
const STOPPED_MS = 3_000;

it(`shows hopping subscribers each event once, in order, where a naive reader loses some (seed ${seed}, ${SECONDS} s)`, {
  timeout: SECONDS * 1_000 + 900_000,
}, async () => {
  const random = createRandom(seed);
  const embedded = await startEmbeddedPostgres(makeDataDirectory(), { warn: () => {} });
  onTestFinished(() => embedded.stop());
  const { url } = embedded;
  const secret = randomBytes(32);
  const merchants = await prepare(url, secret);
  await prepareAggregates(
    url,
    merchants.map(({ merchantId }) => merchantId),
  );
  const ports = await Promise.all(Array.from({ length: NODES }, () => freePort()));
  const startOn = (port: number) => startNodeProcess(port, url, secret);
  const nodes = await Promise.all(ports.map(startOn));
  const urls = nodes.map((node) => node.url);

  const deadline = Date.now() + SECONDS * 1_000;
  const isOver = (): boolean => Date.now() > deadline;
  const reading = new AbortController();
  const readers = merchants.flatMap(({ merchantId, apiKey, after }, index) =>
    (['WebSocket', 'SSE'] as const).map((by) => ({
      merchantId,
      by,
      reader: startHoppingReader(urls, { apiKey, after, seed: seed + index, by }),
    })),
  );
  const ids = merchants.map(({ merchantId }) => merchantId);
  const naive = Promise.all(ids.map((merchantId) => readNaively(url, merchantId, reading.signal)));
  const writers = Array.from({ length: WRITERS }, (_, index) => writeAll(url, ids, seed * 1_000 + index, isOver));
  const faults = { killed: 0, stopped: 0, databaseDied: 0 };
  const breakThings = async (): Promise<void> => {
    for (let turn = 0; !isOver(); turn += 1) {
      await pause(1_500 + random.below(1_500));
      const victim = random.below(NODES);
      const node = nodes[victim] as GatewayProcess;
      if (turn % 4 === 3) {
        faults.databaseDied += 1;
        process.kill(postgresPid(embedded.home), 'SIGKILL');
      } else if (turn % 2 === 1) {
        faults.stopped += 1;
        node.child.kill('SIGSTOP');
        await pause(STOPPED_MS);
        node.child.kill('SIGCONT');
      } else {
        faults.killed += 1;
        await node.kill('SIGKILL');
        nodes[victim] = await startOn(ports[victim] ?? 0);
      }
    }
  };
  const [wakeUpsDropped] = await Promise.all([dropWakeUps(url, isOver), breakThings(), ...writers]);
  const logs = new Map(
    await Promise.all(ids.map(async (merchantId) => [merchantId, await readLog(url, merchantId)] as const)),
  );
  const isDone = () =>
    readers.every(({ merchantId, reader }) => reader.seen.length >= (logs.get(merchantId)?.length ?? 0));
  await expect
    .poll(isDone)
    .toBe(true)
    .catch(() => {});
  reading.abort();
  await Promise.all(readers.map(({ reader }) => reader.stop()));

  const verdict = { events: 0, missed: 0, duplicates: 0, outOfOrder: 0, refusals: 0, hops: 0 };
  for (const { merchantId, reader } of readers) {
    const names = (logs.get(merchantId) ?? []).map(({ name }) => name);
    const unique = new Set(reader.seen);
    verdict.missed += names.filter((name) => !unique.has(name)).length;
    verdict.duplicates += reader.seen.length - unique.size;
    verdict.outOfOrder += reader.seen.filter((name, at) => name !== names[at]).length;
    verdict.refusals += reader.refusals.length;
    verdict.hops += reader.hops;
  }
  const log = { gaps: 0, versionsOutOfOrder: 0, missedByNaiveReader: 0 };
  const naivelySeen = await naive;
  for (const [index, merchantId] of ids.entries()) {
    const rows = logs.get(merchantId) ?? [];
    verdict.events += rows.length;
    log.gaps += rows.filter(({ position }, at) => Number(position) !== at + 1).length;
    log.missedByNaiveReader += rows.filter(({ name }) => !naivelySeen[index]?.has(name)).length;
    const versions = new Map<string, number>();
    for (const { id, version } of rows) {
      if (version !== (versions.get(id) ?? 0) + 1) log.versionsOutOfOrder += 1;
      versions.set(id, version);
    }
  }
  console.log({ ...verdict, ...log, ...faults, wakeUpsDropped });
  for (const node of nodes) await node.kill('SIGKILL');
  expect(verdict).toMatchObject({ missed: 0, duplicates: 0, outOfOrder: 0, refusals: 0 });
  expect(log).toMatchObject({ gaps: 0, versionsOutOfOrder: 0 });
  expect(log.missedByNaiveReader).toBeGreaterThan(0);
  expect(verdict.events).toBeGreaterThan(100);
  expect(wakeUpsDropped).toBeGreaterThan(0);
});

/** Merchants with a key and the cursor of their log's start. */
async function prepare(url: string, secret: Buffer) {
  await migrate(url);
  const secrets = deriveSecrets(secret);
  const node = await startNode({
    url,
    secrets: async () => secrets,
    connectionsMax: 3,
    retentionDays: 30,
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  });
  const merchants = [];
  for (let index = 0; index < MERCHANTS; index += 1) {
    const apiKey = newApiKey('SANDBOX');
    const key = { name: 'torture', apiKey, scopes: SCOPES };
    const merchantId = await createMerchant(node.app, { name: `Torture ${index}`, key });
    const { epoch, lastPosition } = await findLogHead(queryable(node.app.database), merchantId);
    merchants.push({ merchantId, apiKey, after: encodeCursor(secrets, { merchantId, epoch, position: lastPosition }) });
  }
  await node.stop();
  return merchants;
}

/** Starts a node, again when the database is not there at the moment. */
async function startNodeProcess(port: number, url: string, secret: Buffer): Promise<GatewayProcess> {
  const env = {
    PORT: String(port),
    DATABASE_URL: url,
    DATABASE_CONNECTIONS_MAX: '6',
    SECRET: secret.toString('base64'),
    LOG_LEVEL: 'silent',
  };
  for (;;) {
    const started = await startGatewayProcess(env).catch(() => null);
    if (started) return started;
    await pause(300);
  }
}

function postgresPid(home: string): number {
  return Number(readFileSync(join(home, 'postgres/postmaster.pid'), 'utf8').split('\n', 1)[0]);
}
