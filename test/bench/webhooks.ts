import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { present } from '../../src/domain/invariants.ts';
import { openDatabase, type Queryable, queryable } from '../../src/store/connection/database.ts';
import { writeEvents } from '../support/events.ts';
import { freePort, startGatewayProcess } from '../support/gateway-process.ts';
import { createDatabase } from '../support/harness.ts';
import { pause } from '../torture/random.ts';
import { cpuOf, cpuOfFamily } from './compare/cpu.ts';

// `npm run bench:webhooks`: the processor time of a delivery, of the gateway and of PostgreSQL, beside a process that posts the same
// body by `fetch` in the same run: one event a second for every endpoint.
const ENDPOINTS = Number(process.env['BENCH_ENDPOINTS'] ?? 1_000);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 20);
const KEY = 'bench_webhooks_key_bench_webhooks_key';

it('delivers one event a second to every endpoint', { timeout: 1_200_000 }, async () => {
  const target = await forkOf<{ port: number }>('webhook-target.mjs');
  const url = `http://127.0.0.1:${target.first.port}`;
  const { url: databaseUrl, drop } = await createDatabase();
  const gateway = await startGatewayProcess({
    PORT: String(await freePort()),
    DATABASE_URL: databaseUrl,
    SECRET: randomBytes(32).toString('base64'),
    DEMO_API_KEY: KEY,
    COST_BUCKET: '1000000',
    LOG_LEVEL: 'error',
  });
  await createEndpoints(gateway.url, url);
  const database = openDatabase(databaseUrl, { connectionsMax: 1, onError: () => {} });
  const sql = queryable(database);
  const databasePid = await postmasterOf(sql);
  const [merchant] = await sql.query<{ id: string }>('SELECT id FROM merchant');
  const write = (name: string) =>
    writeEvents(
      { sql: (text, values) => sql.query(text, values), merchantId: present(merchant, 'the merchant').id },
      1,
      { name },
    );
  await write('warm');
  await untilCount(target.child, ENDPOINTS);

  const begun = { server: cpuOf(present(gateway.child.pid, 'pid')), database: cpuOfFamily(databasePid) };
  for (let second = 0; second < SECONDS; second += 1) {
    await write(`second${second}`);
    await pause(1_000);
  }
  const { body } = await untilCount(target.child, ENDPOINTS * (SECONDS + 1));
  await pause(500);
  const deliveries = ENDPOINTS * SECONDS;
  const server = (cpuOf(present(gateway.child.pid, 'pid')) - begun.server) / deliveries;
  const postgres = (cpuOfFamily(databasePid) - begun.database) / deliveries;

  const bare = await forkOf('bare-fetch.mjs', [url, body, String(ENDPOINTS)]);
  const measured = once<{ micros: number; failures: number }>(bare.child);
  bare.child.send(deliveries);
  const { micros, failures } = await measured;
  expect(failures).toBe(0);
  const round = (value: number) => Math.round(value * 10) / 10;
  console.table({
    'bare fetch': { 'server µs': round(micros), 'PostgreSQL µs': 0, 'times bare': 1 },
    gateway: {
      'server µs': round(server),
      'PostgreSQL µs': round(postgres),
      'times bare': round((server + postgres) / micros),
    },
  });
  await gateway.kill('SIGTERM');
  await database.close();
  await drop();
});

/** Returns the process of the database server: the parent of the one that serves a connection. */
async function postmasterOf(sql: Queryable): Promise<number> {
  const [row] = await sql.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const stat = readFileSync(`/proc/${row?.pid}/stat`, 'latin1');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

async function forkOf<First>(name: string, args: string[] = []): Promise<{ child: ChildProcess; first: First }> {
  const child = fork(join(import.meta.dirname, name), args, { stdio: 'inherit' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, first: await once<First>(child) };
}

function once<Told>(child: ChildProcess): Promise<Told> {
  return new Promise((resolve) => child.once('message', (told) => resolve(told as Told)));
}

async function untilCount(child: ChildProcess, count: number): Promise<{ count: number; body: string }> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const told = once<{ count: number; body: string }>(child);
    child.send('count');
    const now = await told;
    if (now.count >= count) return now;
    if (Date.now() > deadline) throw new Error(`${now.count} of ${count} messages came`);
    await pause(100);
  }
}

async function createEndpoints(gateway: string, url: string): Promise<void> {
  const query =
    'mutation ($input: CreateWebhookEndpointsInput!) { createWebhookEndpoints(input: $input) { failedCount } }';
  const records = Array.from({ length: ENDPOINTS }, (_, nth) => ({
    name: `endpoint ${nth}`,
    url: `${url}/${nth}`,
    filter: { about: ['PAYMENT'] },
  }));
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${KEY}` };
  const body = JSON.stringify({ query, variables: { input: { records } } });
  const response = await fetch(gateway, { method: 'POST', headers, body });
  expect(await response.json()).toMatchObject({ data: { createWebhookEndpoints: { failedCount: 0 } } });
}
