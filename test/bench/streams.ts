import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { present } from '../../src/domain/invariants.ts';
import { openDatabase, queryable } from '../../src/store/connection/database.ts';
import { untilSequenced, writeEvents } from '../support/events.ts';
import { oneTimeDebitOrder } from '../support/examples.ts';
import { freePort, startGatewayProcess } from '../support/gateway-process.ts';
import { createDatabase } from '../support/harness.ts';
import { pause } from '../torture/random.ts';

// `npm run bench:streams`: what a delivered message costs the server, and how long after the commit it comes, beside a bare `ws`
// server in the same run that broadcasts one prepared frame of as many bytes. Servers are processes of their own; all clients are
// in this one, on the same machine, so that the latencies are those of a busy machine.
const SOCKETS = (process.env['BENCH_SOCKETS'] ?? '100,1000,5000').split(',').map(Number);
const NESTED_SOCKETS = [100, 1_000];
const LONE_EVENTS = 100;
const LONE_PAUSE_MS = 60;
const BURSTS = 10;
const BURST_EVENTS = 50;
const SUBSCRIPTIONS = Number(process.env['BENCH_SUBSCRIPTIONS'] ?? 100_000);
const TICK_MS = 10;

const ALL = 'subscription { events { ... on Event { id cursor type from to occurredAt } } }';
const ONE = 'subscription ($ids: [ID!]) { paymentStatusChanged(filter: { paymentIds: $ids }) { cursor from to } }';

/** Reads the payment of the event, and its customer. */
const NESTED =
  'subscription { events { ... on Event { id cursor to payment { id status amount customer { id personName } } } } }';
const MAKE = `mutation ($input: SubmitPaymentsInput!) { submitPayments(input: $input) { results { payment { id } } } }`;

/** A server under measurement: how a client begins, and how messages are made to come. */
interface Server {
  readonly pid: number;
  readonly url: string;
  begin(socket: WebSocket): void;
  /** Makes so many messages come at once; resolves when they are committed, or on their way. */
  send(names: readonly string[]): Promise<void>;
}

/** Clients that count what comes; one in ten also looks at the clock. */
class Audience {
  readonly sockets: WebSocket[] = [];
  received = 0;
  readonly sentAt = new Map<string, number>();
  latencies: number[] = [];

  async join(server: Server, count: number): Promise<void> {
    for (let begun = 0; begun < count; begun += 100) {
      const size = Math.min(100, count - begun);
      await Promise.all(Array.from({ length: size }, (_, index) => this.add(server, (begun + index) % 10 === 0)));
    }
    await pause(1_500);
    this.received = 0;
  }

  private add(server: Server, isTiming: boolean): Promise<void> {
    const socket = new WebSocket(server.url, 'graphql-transport-ws', { perMessageDeflate: false });
    this.sockets.push(socket);
    return new Promise((resolve, reject) => {
      socket.on('error', reject);
      socket.on('open', () => server.begin(socket));
      socket.on('message', (data) => {
        this.received += 1;
        const text = isTiming ? String(data) : '';
        const sentAt = this.sentAt.get(/evt_(\w+)"/.exec(text)?.[1] ?? '');
        if (sentAt !== undefined) this.latencies.push(performance.now() - sentAt);
      });
      socket.once('message', () => resolve());
    });
  }

  async until(count: number): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (this.received < count) {
      if (Date.now() > deadline) throw new Error(`${this.received} of ${count} messages came`);
      await pause(5);
    }
  }

  async leave(): Promise<void> {
    for (const socket of this.sockets) socket.terminate();
    await pause(500);
  }
}

interface Cost {
  readonly cpuMicros: number;
  readonly p50: number;
  readonly p99: number;
}

/** What messages cost the server, each, in microseconds of its CPU; and how long they took to come, in milliseconds. */
async function measure(
  server: Server,
  audience: Audience,
  rounds: ReadonlyArray<readonly string[]>,
  pauseMs: number,
): Promise<Cost> {
  audience.received = 0;
  audience.latencies = [];
  const before = cpuMsOf(server.pid);
  let sent = 0;
  for (const names of rounds) {
    const now = performance.now();
    for (const name of names) audience.sentAt.set(name, now);
    await server.send(names);
    sent += names.length;
    await pause(pauseMs);
  }
  await audience.until(sent * audience.sockets.length);
  const cpuMs = cpuMsOf(server.pid) - before;
  const sorted = audience.latencies.sort((one, other) => one - other);
  const at = (share: number) => Math.round((sorted[Math.floor(sorted.length * share)] ?? Number.NaN) * 10) / 10;
  return {
    cpuMicros: Math.round((cpuMs * 10_000) / (sent * audience.sockets.length)) / 10,
    p50: at(0.5),
    p99: at(0.99),
  };
}

it('delivers to many sockets', { timeout: 1_200_000 }, async () => {
  const { gateway, bare, stop } = await startServers();
  const table: Record<string, object> = {};
  for (const count of SOCKETS) {
    for (const [name, server] of [
      ['bare ws', bare],
      ['gateway', gateway],
    ] as const) {
      const audience = new Audience();
      const memory = memoryOf(server.pid);
      await audience.join(server, count);
      const perConnection = Math.round((memoryOf(server.pid) - memory) / 1_024 / count);
      const run = `${name.replace(' ', '')}${count}`;
      const names = (kind: string, size: number, turn: number) =>
        Array.from({ length: size }, (_, index) => `${run}${kind}${turn}x${index}`);
      await measure(
        server,
        audience,
        Array.from({ length: 10 }, (_, turn) => names('w', 5, turn)),
        20,
      );
      const lone = await measure(
        server,
        audience,
        Array.from({ length: LONE_EVENTS }, (_, turn) => names('l', 1, turn)),
        LONE_PAUSE_MS,
      );
      const burst = await measure(
        server,
        audience,
        Array.from({ length: BURSTS }, (_, turn) => names('b', BURST_EVENTS, turn)),
        200,
      );
      table[`${count} sockets, ${name}`] = {
        'µs a message': lone.cpuMicros,
        'p50 ms': lone.p50,
        'p99 ms': lone.p99,
        'µs in bursts': burst.cpuMicros,
        'p99 ms in bursts': burst.p99,
        'kB a connection': perConnection,
      };
      await audience.leave();
    }
  }
  console.table(table);
  await stop();
});

it('reads the payment of an event once for all sockets', { timeout: 600_000 }, async () => {
  const { gateway, stop } = await startServers(NESTED);
  const table: Record<string, object> = {};
  for (const count of NESTED_SOCKETS) {
    const audience = new Audience();
    await audience.join(gateway, count);
    const rounds = (kind: string, size: number) =>
      Array.from({ length: size }, (_, turn) => [`n${count}${kind}${turn}`]);
    await measure(gateway, audience, rounds('w', 20), 20);
    const { cpuMicros, p50, p99 } = await measure(gateway, audience, rounds('l', LONE_EVENTS), LONE_PAUSE_MS);
    table[`${count} sockets`] = { 'µs a message': cpuMicros, 'p50 ms': p50, 'p99 ms': p99 };
    await audience.leave();
  }
  console.table(table);
  await stop();
});

it(`finds one of ${SUBSCRIPTIONS} subscriptions for an event`, { timeout: 600_000 }, async () => {
  const { gateway, store, apiKey, stop } = await startServers();
  const perSocket = 20;
  const latencies = async (subscriptions: number) => {
    const memory = memoryOf(gateway.pid);
    const sockets: WebSocket[] = [];
    let ready = 0;
    const arrivals = new Map<string, number>();
    for (let first = 0; first < subscriptions; first += perSocket) {
      const socket = new WebSocket(gateway.url, 'graphql-transport-ws');
      sockets.push(socket);
      await new Promise((resolve) => socket.once('open', resolve));
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${apiKey}` } }));
      await new Promise((resolve) => socket.once('message', resolve));
      socket.on('message', (data) => {
        const { id, type } = JSON.parse(String(data)) as { id: string; type: string };
        if (type === 'next') arrivals.set(id, performance.now());
        else ready += 1;
      });
      for (let index = first; index < first + perSocket; index += 1) {
        const payload = { query: ONE, variables: { ids: [`one_${index}`] } };
        socket.send(JSON.stringify({ id: String(index), type: 'subscribe', payload }));
      }
      // The answer comes behind the subscriptions that were sent before.
      const before = ready;
      socket.send(JSON.stringify({ id: 'last', type: 'subscribe', payload: { query: '{ __typename }' } }));
      arrivals.delete('last');
      while (ready === before) await pause(1);
    }
    const cpu = cpuMsOf(gateway.pid);
    const took: number[] = [];
    for (let turn = 0; turn < 50; turn += 1) {
      const index = Math.floor((subscriptions / 50) * turn);
      const begunAt = performance.now();
      await store.sql(
        `INSERT INTO event (id, merchant_id, aggregate_type, aggregate_id, version, type, to_status, actor, payment_id, occurred_at)
         VALUES ('evt_' || $2, $1, 'PAYMENT', 'one_' || $3, $4, 'payment.created', 'RUNNING', 'API', 'one_' || $3, now())`,
        [store.merchantId, `${subscriptions}_${turn}`, index, subscriptions + turn],
      );
      await store.sql('SELECT sequence_events($1, 1000)', [store.merchantId]);
      while (!arrivals.has(String(index))) await pause(1);
      took.push((arrivals.get(String(index)) ?? 0) - begunAt);
      await pause(20);
    }
    const result = {
      'p50 ms': Math.round((took.sort((one, other) => one - other)[25] ?? 0) * 10) / 10,
      'cpu ms an event': Math.round((cpuMsOf(gateway.pid) - cpu) / 50),
      'kB a subscription': Math.round((memoryOf(gateway.pid) - memory) / 1_024 / subscriptions),
      arrived: arrivals.size - (arrivals.has('last') ? 1 : 0),
    };
    for (const socket of sockets) socket.terminate();
    await pause(1_000);
    return result;
  };
  const table = {
    '100 subscriptions': await latencies(100),
    [`${SUBSCRIPTIONS} subscriptions`]: await latencies(SUBSCRIPTIONS),
  };
  console.table(table);
  for (const { arrived } of Object.values(table)) expect(arrived).toBe(50);
  await stop();
});

/** Starts the servers; the subscribers of the gateway send `query`, and one that reads payments has one to read. */
async function startServers(query = ALL) {
  const { url, drop } = await createDatabase();
  const database = openDatabase(url, { connectionsMax: 2, onError: () => {} });
  const apiKey = randomBytes(32).toString('base64url');
  const node = await startGatewayProcess({
    PORT: String(await freePort()),
    DATABASE_URL: url,
    SECRET: randomBytes(32).toString('base64'),
    DEMO_API_KEY: apiKey,
    LOG_LEVEL: 'error',
    CONNECTIONS_PER_KEY_MAX: '100000',
    CONNECTIONS_MAX: '100000',
    COST_BUCKET: '1000000',
    COST_REFILL_PER_SECOND: '1000000',
  });
  const sql = <Row>(text: string, values?: readonly unknown[]) => queryable(database).query<Row>(text, values);
  const [row] = await sql<{ id: string }>('SELECT id FROM merchant');
  const store = { sql, merchantId: row?.id ?? '' };
  const paymentId = query === NESTED ? await makePayment(node.url, apiKey, sql) : null;
  let version = 1;
  const gateway: Server = {
    pid: node.child.pid ?? 0,
    url: node.url.replace('http', 'ws'),
    begin(socket) {
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${apiKey}` } }));
      socket.once('message', () => socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } })));
    },
    async send(names) {
      await sql(
        `INSERT INTO event (id, merchant_id, aggregate_type, aggregate_id, version, type, to_status, actor, payment_id, occurred_at)
         SELECT 'evt_' || name, $1, 'PAYMENT', coalesce($3, name), $4 + nth, 'payment.updated', 'RUNNING', 'API', coalesce($3, name), now()
           FROM unnest($2::text[]) WITH ORDINALITY AS given(name, nth)`,
        [store.merchantId, names, paymentId, version],
      );
      version += names.length;
      // As the node does that wrote them.
      await sql('SELECT sequence_events($1, 1000)', [store.merchantId]);
    },
  };
  await writeEvents(store, 1);
  await untilSequenced(store);
  const child: ChildProcess = fork(join(import.meta.dirname, 'bare-broadcast.mjs'), { execArgv: [] });
  const port = await new Promise<number>((resolve) =>
    child.once('message', (message: { port: number }) => resolve(message.port)),
  );
  const bare: Server = {
    pid: child.pid ?? 0,
    url: `ws://127.0.0.1:${port}`,
    begin: (socket) => socket.send('{}'),
    async send(names) {
      child.send(names.map(bareMessage));
    },
  };
  return {
    gateway,
    bare,
    store,
    apiKey,
    async stop() {
      child.kill();
      await node.kill('SIGKILL');
      await database.close();
      await drop();
    },
  };
}

/** Submits a payment; its id. */
async function makePayment(url: string, apiKey: string, sql: <Row>(text: string) => Promise<Row[]>): Promise<string> {
  const [method] = await sql<{ id: string }>("SELECT id FROM payment_method WHERE type = 'DEBIT_ORDER' LIMIT 1");
  const date = new Date(Date.now() + 14 * 86_400_000).toISOString().slice(0, 10);
  const record = oneTimeDebitOrder(method?.id ?? '', 'nested', date);
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
    body: JSON.stringify({ query: MAKE, variables: { input: { records: [record] } } }),
  });
  const { data } = (await response.json()) as {
    data: { submitPayments: { results: Array<{ payment: { id: string } }> } };
  };
  return present(data.submitPayments.results[0], 'the result of the payment').payment.id;
}

/** As long as what the gateway sends for the same event. */
function bareMessage(name: string): string {
  const event = {
    id: `evt_${name}`,
    cursor: 'eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXkuMTIzNA.AAAAAAAAAAAA',
    type: 'payment.created',
    from: null,
    to: 'RUNNING',
    occurredAt: '2026-11-21T12:00:00.000Z',
  };
  return `{"id":"1","type":"next","payload":${JSON.stringify({ data: { events: event } })}}`;
}

/** What a process has used of a CPU, in milliseconds. */
function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** What it holds in memory, in bytes. */
function memoryOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024;
}
