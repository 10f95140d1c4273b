import { randomBytes } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { createResumingClient } from '../../src/client/resuming-client.ts';
import { newApiKey } from '../../src/services/access/api-key.ts';
import { SCOPES } from '../../src/services/app.ts';
import { createMerchant } from '../../src/services/merchants/create-merchant.ts';
import { openDatabase, type Queryable, queryable } from '../../src/store/connection/database.ts';
import { createApp } from '../support/app.ts';
import { freePort, type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { createDatabase } from '../support/harness.ts';
import { type Message, type Receiver, startReceiver } from '../support/receiver.ts';
import { createRandom, pause } from './random.ts';

// Two nodes deliver while either is killed, to receivers that fail now and then. Small by default; `npm run torture -- webhooks`
// makes 10,000 deliveries.
const DELIVERIES = Number(process.env['WEBHOOK_DELIVERIES'] ?? 400);
const seed = Number(process.env['TORTURE_SEED'] ?? Date.now() % 1_000_000);
const MERCHANTS = 4;
const VERSIONS = 10;

interface Tenant {
  readonly merchantId: string;
  readonly apiKey: string;
  readonly receiver: Receiver;
  /** The messages that it did not refuse. */
  readonly accepted: readonly Message[];
  /** What a socket has seen. */
  readonly streamed: unknown[];
}

it(`delivers ${DELIVERIES} events at least once and in order while nodes are killed (seed ${seed})`, {
  timeout: 1_200_000,
}, async () => {
  const { kills, ...tally } = await deliver(DELIVERIES, 20);
  expect(tally).toMatchObject({ lost: 0, disordered: 0, differing: 0 });
  expect(tally.events).toBeGreaterThanOrEqual(DELIVERIES);
  expect(kills).toBeGreaterThan(0);
});

it('sees deliveries that are lost, and events of an object that overtake each other', {
  timeout: 600_000,
}, async () => {
  const lossy = await deliver(400, 0, 'RETURN CASE WHEN NEW.position % 50 = 0 THEN NULL ELSE NEW END');
  expect(lossy.lost).toBeGreaterThan(0);
  const unordered = await deliver(400, 0, 'NEW.object_id := NEW.id; NEW.next_attempt_at := now(); RETURN NEW');
  expect(unordered.disordered).toBeGreaterThan(0);
});

/** Delivers events while nodes are killed, `fault` being done to each delivery that is queued; returns what became of them. */
async function deliver(count: number, killsMax: number, fault: string | null = null) {
  const random = createRandom(seed);
  const { url, drop } = await createDatabase();
  const secret = randomBytes(32);
  const database = openDatabase(url, { connectionsMax: 5, onError: () => {} });
  const sql = queryable(database);
  if (fault !== null) {
    await sql.query(`CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${fault}; END $$`);
    await sql.query('CREATE TRIGGER spoil BEFORE INSERT ON webhook_delivery FOR EACH ROW EXECUTE FUNCTION spoil()');
  }
  const start = async (): Promise<GatewayProcess> =>
    startGatewayProcess({
      PORT: String(await freePort()),
      DATABASE_URL: url,
      DATABASE_CONNECTIONS_MAX: '8',
      SECRET: secret.toString('base64'),
      LOG_LEVEL: 'error',
    });
  const nodes: [GatewayProcess, GatewayProcess] = [await start(), await start()];
  const app = createApp(database, secret);
  const tenants: Tenant[] = [];
  for (let nth = 0; nth < MERCHANTS; nth += 1) {
    const apiKey = newApiKey('SANDBOX');
    const key = { name: 'a key', apiKey, scopes: SCOPES };
    const merchantId = await createMerchant(app, { name: `M${nth}`, cdvMode: 'WARN', key });
    const accepted: Message[] = [];
    const receiver = await startReceiver((message, response) => {
      if (random.chance(0.05)) return response.writeHead(500).end();
      accepted.push(message);
      return setTimeout(() => response.writeHead(200).end(), random.below(20));
    });
    await createEndpoint(nodes[0].url, apiKey, receiver.url);
    tenants.push({
      merchantId,
      apiKey,
      receiver,
      accepted,
      streamed: readOn(() => nodes[random.below(2)]?.url ?? '', apiKey),
    });
  }

  let isWritten = false;
  const writing = writeAll(sql, tenants, count).then(() => {
    isWritten = true;
  });
  const waiting = endWaitsUntil(sql, async () => isWritten && (await countPending(sql)) === 0);
  let kills = 0;
  while (!isWritten || (await countPending(sql)) > 0) {
    await pause(500 + random.below(1_500));
    const victim = random.below(2) as 0 | 1;
    if (kills >= killsMax || (isWritten && (await countPending(sql)) < count / 20)) continue;
    await nodes[victim].kill('SIGKILL');
    kills += 1;
    nodes[victim] = await start();
  }
  await writing;
  await waiting;
  const log = await Promise.all(tenants.map(({ apiKey }) => readLog(nodes[0].url, apiKey)));
  await expect
    .poll(() => tenants.map(({ streamed }) => streamed.length), { timeout: 60_000 })
    .toEqual(log.map((events) => events.length));

  const tally = { kills, events: 0, messages: 0, lost: 0, duplicates: 0, disordered: 0, differing: 0 };
  for (const [nth, { receiver, accepted, streamed }] of tenants.entries()) {
    const events = log[nth] ?? [];
    const received = new Map(receiver.messages.map(({ id, body }) => [id, faceOf(body)]));
    tally.events += events.length;
    tally.messages += receiver.messages.length;
    tally.duplicates += receiver.messages.length - received.size;
    tally.lost += events.filter(({ id }) => !received.has(id)).length;
    tally.disordered += countDisordered(accepted);
    // Poll, socket and webhook say the same of every event.
    for (const [at, event] of events.entries()) {
      const polled = JSON.stringify(event);
      if (JSON.stringify(received.get(event.id)) !== polled || JSON.stringify(streamed[at]) !== polled)
        tally.differing += 1;
    }
  }
  console.log(tally);
  for (const node of nodes) await node.kill('SIGTERM');
  await database.close();
  await drop();
  return tally;
}

/** An event as every face of the log tells it. */
interface Face {
  readonly id: string;
  readonly cursor: string;
  readonly type: string;
  readonly objectId: string;
  readonly version: number;
}

function faceOf({ id, cursor, type, aggregate, version }: Message['body']): Face {
  return { id, cursor, type, objectId: aggregate.id, version };
}

/** Returns how many messages are accepted for the first time after one of a later version of their object. */
function countDisordered(messages: readonly Message[]): number {
  const seen = new Set<string>();
  const latest = new Map<string, number>();
  let count = 0;
  for (const { id, body } of messages) {
    if (seen.has(id)) continue;
    seen.add(id);
    const before = latest.get(body.aggregate.id) ?? 0;
    if (body.version < before) count += 1;
    latest.set(body.aggregate.id, Math.max(before, body.version));
  }
  return count;
}

async function send<Data>(url: string, apiKey: string, query: string, variables: object): Promise<Data> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

async function createEndpoint(url: string, apiKey: string, target: string): Promise<void> {
  const query =
    'mutation ($input: CreateWebhookEndpointsInput!) { createWebhookEndpoints(input: $input) { results { outcome errors { message } } } }';
  await send(url, apiKey, query, {
    input: { records: [{ name: 'one', url: target, filter: { about: ['PAYMENT'] } }] },
  });
}

const FACE = 'id cursor type objectId version';

async function readLog(url: string, apiKey: string): Promise<Face[]> {
  const events: Face[] = [];
  for (let after: string | null = null; ; ) {
    type Page = { events: { nodes: Face[]; pageInfo: { hasNextPage: boolean; endCursor: string } } };
    const query = `query ($after: String) { events(first: 200, after: $after, filter: { about: [PAYMENT] }) { nodes { ${FACE} } pageInfo { hasNextPage endCursor } } }`;
    const { events: page }: Page = await send<Page>(url, apiKey, query, { after });
    events.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) return events;
    after = page.pageInfo.endCursor;
  }
}

function readOn(pick: () => string, apiKey: string): unknown[] {
  const seen: unknown[] = [];
  const client = createResumingClient({
    url: () => pick().replace('http', 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${apiKey}` },
  });
  const query = `subscription ($after: String) { events(after: $after, filter: { about: [PAYMENT] }) { ... on Event { ${FACE} } } }`;
  const stop = client.subscribe<{ events: object }>(
    { query, variables: {} },
    {
      next: ({ data }) => seen.push(data?.events),
      error: (error) => seen.push(error),
      complete: () => seen.push('end'),
    },
  );
  onTestFinished(stop);
  return seen;
}

/** Writes events in waves: of each object its versions in order. */
async function writeAll(sql: Queryable, tenants: readonly Tenant[], count: number): Promise<void> {
  await pause(1_000);
  const waves = 20;
  const objects = Math.ceil(count / tenants.length / VERSIONS / (waves / 2));
  for (let wave = 0; wave < waves; wave += 1) {
    for (const { merchantId } of tenants) {
      // Two waves write the two halves of the versions of the same objects.
      const half = wave % 2;
      await sql.query(
        `INSERT INTO event (id, merchant_id, aggregate_type, aggregate_id, version, type, to_status, actor, payment_id, occurred_at)
         SELECT 'evt_' || object || '_' || version, $1, 'PAYMENT', object, version, 'payment.updated', 'RUNNING', 'API', object, now()
           FROM (SELECT $2 || '_' || n AS object FROM generate_series(1, $3::int) AS n) AS made, generate_series($4::int, $5::int) AS version
          ORDER BY version`,
        [merchantId, `w${wave - half}`, objects, 1 + (half * VERSIONS) / 2, ((half + 1) * VERSIONS) / 2],
      );
    }
    await pause(300);
  }
}

async function countPending(sql: Queryable): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    `SELECT (SELECT count(*) FROM webhook_delivery WHERE status = 'PENDING') + (SELECT count(*) FROM event WHERE position IS NULL)
          + (SELECT sum(last_position - position) FROM webhook_progress JOIN event_head USING (merchant_id)) AS count`,
  );
  return Number(row?.count ?? 1);
}

/** Lets the time of retries pass, again and again. */
async function endWaitsUntil(sql: Queryable, isOver: () => Promise<boolean>): Promise<void> {
  while (!(await isOver())) {
    await sql.query(
      `UPDATE webhook_delivery SET next_attempt_at = now() WHERE status = 'PENDING' AND next_attempt_at > now()`,
    );
    await sql.query('UPDATE webhook_queue SET paused_until = NULL, next_at = now() WHERE next_at > now()');
    await pause(1_000);
  }
}
