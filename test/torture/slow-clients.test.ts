import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { openDatabase, queryable } from '../../src/store/connection/database.ts';
import { untilSequenced, writeEvents } from '../support/events.ts';
import { freePort, type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { createDatabase } from '../support/harness.ts';

// Clients that do not read, beside clients that do. A slow client costs what waits in its connection, and no more. Short by
// default; `npm run torture -- slow` has a thousand of each.
const CLIENTS = Number(process.env['SLOW_CLIENTS'] ?? 50);
const EVENTS = Number(process.env['SLOW_EVENTS'] ?? 20_000);
const PAUSED = 20;
const EVENT_BYTES = 2_000;
const MIB = 1_024 * 1_024;

const WATCH = 'subscription ($after: String) { events(after: $after) { ... on Event { cursor id cause { reason } } } }';

interface Started {
  readonly gateway: GatewayProcess;
  readonly apiKey: string;
  readonly store: { sql<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>; readonly merchantId: string };
  stop(): Promise<void>;
}

async function start(): Promise<Started> {
  const { url, drop } = await createDatabase();
  const database = openDatabase(url, { connectionsMax: 2, onError: () => {} });
  const apiKey = randomBytes(32).toString('base64url');
  const gateway = await startGatewayProcess({
    PORT: String(await freePort()),
    DATABASE_URL: url,
    DATABASE_CONNECTIONS_MAX: '8',
    SECRET: randomBytes(32).toString('base64'),
    DEMO_API_KEY: apiKey,
    LOG_LEVEL: 'error',
    CONNECTIONS_PER_KEY_MAX: '10000',
    // The test is about memory: readers that catch up are not to wait for points.
    COST_BUCKET: '1000000',
    COST_REFILL_PER_SECOND: '1000000',
  });
  const sql: Started['store']['sql'] = (text, values) => queryable(database).query(text, values);
  const [row] = await sql<{ id: string }>('SELECT id FROM merchant');
  return {
    gateway,
    apiKey,
    store: { sql, merchantId: row?.id ?? '' },
    async stop() {
      await gateway.kill('SIGKILL');
      await database.close();
      await drop();
    },
  };
}

/**
 * A subscriber that can stop reading: its kernel then takes a little, and the gateway has to keep or forget the rest. When its
 * socket is cut, as that of a client is that reads nothing for a minute, it goes on after what it has shown.
 */
class Watcher {
  readonly ids: string[] = [];
  private readonly started: Started;
  private cursor: string | null = null;
  private socket: WebSocket | null = null;
  private isEnded = false;

  constructor(started: Started) {
    this.started = started;
  }

  /** Resolves when the subscription stands. */
  open(): Promise<void> {
    const { gateway, apiKey } = this.started;
    const socket = new WebSocket(gateway.url.replace('http', 'ws'), 'graphql-transport-ws');
    this.socket = socket;
    const send = (message: object): void => socket.send(JSON.stringify(message));
    socket.on('error', () => {});
    socket.on('close', () => {
      if (!this.isEnded) void this.open();
    });
    return new Promise((resolve) => {
      socket.on('open', () => send({ type: 'connection_init', payload: { authorization: `Bearer ${apiKey}` } }));
      socket.on('message', (data) => {
        const text = String(data);
        if (text.includes('connection_ack')) {
          send({ id: '1', type: 'subscribe', payload: { query: WATCH, variables: { after: this.cursor } } });
          // The answer to this comes after the subscription stands.
          setTimeout(resolve, 300);
        } else this.show(text);
      });
    });
  }

  pause(): void {
    this.socket?.pause();
  }

  resume(): void {
    this.socket?.resume();
  }

  get isPaused(): boolean {
    return this.socket?.isPaused ?? false;
  }

  end(): void {
    this.isEnded = true;
    this.socket?.terminate();
  }

  private show(text: string): void {
    this.cursor = /"cursor":"([^"]*)"/.exec(text)?.[1] ?? this.cursor;
    this.ids.push(/"id":"(evt_[^"]*)"/.exec(text)?.[1] ?? text);
  }
}

async function watch(started: Started): Promise<Watcher> {
  const watcher = new Watcher(started);
  await watcher.open();
  return watcher;
}

/** What the process holds in memory, in bytes. */
function memoryOf({ child }: GatewayProcess): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) * 1_024;
}

async function writeMany({ store }: Started, count: number, name: string): Promise<void> {
  const size = 500;
  for (let written = 0; written < count; written += size) {
    await writeEvents(store, Math.min(size, count - written), {
      name: `${name}${written}`,
      reason: 'x'.repeat(EVENT_BYTES),
    });
  }
  await untilSequenced(store);
}

const logOf = async ({ store }: Started) =>
  (await store.sql<{ id: string }>('SELECT id FROM event WHERE position IS NOT NULL ORDER BY position')).map(
    ({ id }) => id,
  );

it(`keeps nothing for paused clients while ${EVENTS} events of 2 kB come, and shows them all when they read on`, async () => {
  const started = await start();
  const fast = await Promise.all(Array.from({ length: 5 }, () => watch(started)));
  let peak = 0;
  const sampling = setInterval(() => {
    peak = Math.max(peak, memoryOf(started.gateway));
  }, 20);
  onTestFinished(() => clearInterval(sampling));
  const allFast = (count: number) =>
    expect.poll(() => fast.map(({ ids }) => ids.length)).toEqual(fast.map(() => count));
  // The same load without anybody paused is what the other is compared to.
  await writeMany(started, EVENTS, 'before');
  await allFast(EVENTS);
  const peakBefore = peak;
  const paused = await Promise.all(Array.from({ length: PAUSED }, () => watch(started)));
  for (const watcher of paused) watcher.pause();
  await writeMany(started, EVENTS, 'while');
  await allFast(2 * EVENTS);
  const peakWhile = peak;
  const log = await logOf(started);
  for (const watcher of paused) watcher.resume();
  await expect.poll(() => paused.map(({ ids }) => ids.length)).toEqual(paused.map(() => EVENTS));
  clearInterval(sampling);
  const grownMiB = (peakWhile - peakBefore) / MIB;
  const queuedMiB = (PAUSED * EVENTS * EVENT_BYTES) / MIB;
  console.log({ peakBeforeMiB: peakBefore / MIB, peakWhileMiB: peakWhile / MIB, peakOfAllMiB: peak / MIB, queuedMiB });
  for (const { ids } of fast) expect(ids).toEqual(log);
  for (const { ids } of paused) expect(ids).toEqual(log.slice(EVENTS));
  // Were they queued, it would be all of it.
  expect(grownMiB).toBeLessThan(queuedMiB / 4);
  for (const watcher of [...fast, ...paused]) watcher.end();
  await started.stop();
});

it(`serves ${CLIENTS} fast clients beside ${CLIENTS} that read a little now and then`, {
  timeout: 900_000 + CLIENTS * 300,
}, async () => {
  const started = await start();
  const clients: Array<Awaited<ReturnType<typeof watch>>> = [];
  for (let count = 0; count < 2 * CLIENTS; count += 50) {
    clients.push(...(await Promise.all(Array.from({ length: 50 }, () => watch(started)))));
  }
  const fast = clients.filter((_, index) => index % 2 === 0);
  const slow = clients.filter((_, index) => index % 2 === 1);
  const before = memoryOf(started.gateway);
  const stuttering = setInterval(() => {
    for (const watcher of slow) {
      if (watcher.isPaused) watcher.resume();
      else watcher.pause();
    }
  }, 200);
  for (const watcher of slow) watcher.pause();
  const count = 500;
  const begunAt = Date.now();
  await writeMany(started, count, 'pay');
  const isDone = (of: typeof clients) => of.every(({ ids }) => ids.length === count);
  await expect.poll(() => isDone(fast), { interval: 20 }).toBe(true);
  const fastMs = Date.now() - begunAt;
  await expect.poll(() => isDone(slow)).toBe(true);
  clearInterval(stuttering);
  console.log({ clients: clients.length, fastMs, grownMiB: Math.round((memoryOf(started.gateway) - before) / MIB) });
  const log = await logOf(started);
  for (const { ids } of clients) expect(ids).toEqual(log);
  for (const watcher of clients) watcher.end();
  await started.stop();
});
