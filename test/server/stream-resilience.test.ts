import { connect, createServer } from 'node:net';
import { PassThrough, Writable } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { createGatewayClient } from '../../src/client/gateway-client.ts';
import { findResumePlace } from '../../src/client/resume-place.ts';
import { createResumingClient } from '../../src/client/resuming-client.ts';
import { Outlet } from '../../src/server/fan-out/outlet.ts';
import { queryable } from '../../src/store/connection/database.ts';
import { trimLogs } from '../../src/store/events/event-log.ts';
import { untilSequenced, writeEvents } from '../support/events.ts';
import { methodIds, oneTimeDebitOrder } from '../support/examples.ts';
import { DOCUMENTS_CLOCK, LISTENER, startGateway, type TestGateway } from '../support/harness.ts';
import { turn } from '../support/hub.ts';
import { OF_TEST } from '../support/one-merchant.ts';
import { open, openSocket, subscribe, typenames, WATCH } from '../support/raw-socket.ts';
import { openSse } from '../support/sse.ts';

// What a first reader of the streams broke.

const keyOf = ({ apiKey }: TestGateway) => ({ authorization: `Bearer ${apiKey}` });
const SUBMIT = 'mutation ($input: SubmitPaymentsInput!) { submitPayments(input: $input) { succeededCount } }';
const RESUMABLE = 'subscription ($after: String) { events(after: $after) { ... on Event { cursor id } } }';

function resumingClient(gateway: { url: string; apiKey: string }) {
  const client = createResumingClient({
    url: gateway.url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${gateway.apiKey}` },
  });
  onTestFinished(() => void client.dispose());
  return client;
}

/** A client that does not answer the closing frame. */
function neverCloses(webSocket: WebSocket): void {
  const { _receiver: receiver } = webSocket as unknown as { _receiver: NodeJS.EventEmitter };
  receiver.removeAllListeners('conclude');
}

it('does nothing for a key that was revoked, though its client does not close', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  const socket = await open(gateway);
  neverCloses(socket.webSocket);
  await gateway.sql('UPDATE api_key SET revoked_at = now()');
  // Between the closing frame and the cut.
  for (let turnNumber = 0; turnNumber < 60; turnNumber += 1) {
    await turn(25);
    const [row] = await gateway.sql<{ seconds: number }>(
      'SELECT extract(epoch FROM now() - revoked_at)::float8 AS seconds FROM api_key',
    );
    if ((row?.seconds ?? 0) < 0.5 || socket.webSocket.readyState !== WebSocket.OPEN) continue;
    const records = [oneTimeDebitOrder(eft, `R${turnNumber}`, '2024-09-16')];
    const payload = { query: SUBMIT, variables: { input: { records } } };
    socket.send({ id: String(turnNumber), type: 'subscribe', payload });
  }
  expect((await socket.closed).code).not.toBe(1000);
  expect(await gateway.sql('SELECT 1 FROM payment')).toEqual([]);
});

it('does nothing of what came too fast', async () => {
  const gateway = await startGateway({ listener: { sockets: { ...LISTENER.sockets, messagesPerSecond: 1 } } });
  const { eft } = await methodIds(gateway);
  const socket = await open(gateway);
  neverCloses(socket.webSocket);
  for (let index = 0; index < 40; index += 1) {
    const payload = {
      query: SUBMIT,
      variables: { input: { records: [oneTimeDebitOrder(eft, `R${index}`, '2030-09-16')] } },
    };
    socket.send({ id: String(index), type: 'subscribe', payload });
  }
  await socket.closed;
  await turn(500);
  const [row] = await gateway.sql<{ count: number }>('SELECT count(*) AS count FROM payment');
  expect(row?.count).toBeLessThanOrEqual(5);
});

it('counts no socket that went before it was let in', async () => {
  const gateway = await startGateway({ listener: { connections: { perClientMax: 3, perNodeMax: 100 } } });
  const client = await gateway.node.app.database.pool.connect();
  await client.query('BEGIN; LOCK TABLE api_key');
  for (let count = 0; count < 5; count += 1) {
    const socket = new WebSocket(gateway.url.replace('http', 'ws'), 'graphql-transport-ws');
    socket.on('error', () => {});
    socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload: keyOf(gateway) })));
    await turn(100);
    socket.terminate();
  }
  await turn(200);
  await client.query('ROLLBACK');
  client.release();
  await turn(200);
  const sockets = await Promise.all([open(gateway), open(gateway), open(gateway)]);
  expect(sockets.map(({ messages }) => messages.length)).toEqual([1, 1, 1]);
});

it('counts the sockets of nobody too', async () => {
  const gateway = await startGateway({ listener: { connections: { perClientMax: 2, perNodeMax: 100 } } });
  const sockets = [];
  for (let count = 0; count < 3; count += 1) sockets.push(await openSocket(gateway, null));
  expect(sockets.map(({ messages }) => messages.length)).toEqual([1, 1, 0]);
  await open(gateway);
});

it('takes no id that each message would repeat at length', async () => {
  const gateway = await startGateway();
  const socket = await open(gateway);
  subscribe(socket, 'x'.repeat(129));
  const [, refused] = await socket.take(2);
  expect(JSON.stringify(refused?.payload)).toContain('BAD_REQUEST');
  subscribe(socket, 'x'.repeat(128));
  expect(typenames((await socket.take(3)).slice(2))).toEqual(['StreamReady']);
});

it('shares nothing between two who ask the same document for different things', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  const query =
    'subscription ($first: Int, $after: String) { paymentStatusChanged { payment { customer { payments(first: $first, after: $after) { nodes { id } } } } } }';
  const [wrong, right] = [await open(gateway), await open(gateway)];
  wrong.send({ id: '1', type: 'subscribe', payload: { query, variables: { after: 'nonsense' } } });
  await turn(200);
  right.send({ id: '1', type: 'subscribe', payload: { query, variables: { after: null } } });
  await turn(200);
  const records = [oneTimeDebitOrder(eft, 'A', '2024-09-16')];
  await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...keyOf(gateway) },
    body: JSON.stringify({ query: SUBMIT, variables: { input: { records } } }),
  });
  const [, answer] = await right.take(2);
  expect(answer?.payload?.errors).toBeUndefined();
  expect(JSON.stringify((await wrong.take(2))[1])).toContain('errors');
});

it('ends a stream in an outage without a word that it is complete', async () => {
  const gateway = await startGateway();
  const client = await gateway.node.app.database.pool.connect();
  await client.query('BEGIN; LOCK TABLE event_head');
  const stream = await openSse(`${gateway.url}/stream?${new URLSearchParams({ query: WATCH })}`, keyOf(gateway));
  await stream.ended;
  await client.query('ROLLBACK');
  client.release();
  expect([stream.status, stream.events]).toEqual([200, []]);
});

it('cuts the stream of a revoked key that its client does not read', async () => {
  const gateway = await startGateway();
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  const query = new URLSearchParams({ query: 'subscription { events { ... on Event { id cause { reason } } } }' });
  socket.write(`GET /graphql/stream?${query} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${gateway.apiKey}\r\n\r\n`);
  await new Promise((resolve) => socket.once('data', resolve));
  socket.pause();
  await writeEvents(gateway, 5_000, { reason: 'x'.repeat(2_000) });
  await untilSequenced(gateway);
  await turn(500);
  await gateway.sql('UPDATE api_key SET revoked_at = now()');
  await turn(1_500);
  let bytes = 0;
  socket.on('data', (chunk) => {
    bytes += chunk.length;
  });
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.resume();
  await closed;
  // What two kernels hold, and no more.
  expect(bytes).toBeLessThan(9_000_000);
});

it('makes no ticket for what is no subscription', async () => {
  const gateway = await startGateway();
  const create = async (query: string) => {
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...keyOf(gateway) },
      body: JSON.stringify({
        query: 'mutation ($query: String!) { createStreamTicket(input: { query: $query }) { ticket } }',
        variables: { query },
      }),
    });
    return JSON.stringify(await response.json());
  };
  for (const query of [
    SUBMIT,
    '{ merchant { name } }',
    '{',
    '',
    `${WATCH} mutation M { freezeClock(input: {}) { now } }`,
  ]) {
    expect(await create(query)).toContain('BAD_REQUEST');
  }
  const { ticket } = (JSON.parse(await create(WATCH)) as { data: { createStreamTicket: { ticket: string } } }).data
    .createStreamTicket;
  const post = await fetch(`${gateway.url}/stream?${new URLSearchParams({ ticket })}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: WATCH }),
  });
  expect(await post.text()).toContain('UNAUTHENTICATED');
});

it('raises no floor over a log that was begun anew meanwhile', async () => {
  const gateway = await startGateway();
  const { database } = gateway.node.app;
  await writeEvents(gateway, 50);
  await untilSequenced(gateway);
  await gateway.sql("UPDATE event SET sequenced_at = now() - interval '40 days'");
  const client = await database.pool.connect();
  await client.query(`${OF_TEST} BEGIN; SELECT 1 FROM event_head FOR UPDATE`);
  const trimming = trimLogs(queryable(database), 1, 1_000);
  await turn(200);
  await client.query(`${OF_TEST} UPDATE event_head SET epoch = 'anew', last_position = 0, floor_position = 0`);
  await client.query('COMMIT');
  client.release();
  expect(await trimming).toBe(0);
  expect(await gateway.sql('SELECT floor_position FROM event_head')).toEqual([{ floorPosition: 0 }]);
});

it('never waits within one turn for a connection that is broken', async () => {
  const stuck = new Writable({ write() {}, highWaterMark: 1_024 });
  const outlet = new Outlet(stuck);
  stuck.write(Buffer.alloc(200_000));
  expect(outlet.isFull()).toBe(true);
  stuck.destroy();
  expect([outlet.isFull(), outlet.isClosed(), stuck.writableLength > 64 * 1_024]).toEqual([false, true, true]);
  let isLater = false;
  setImmediate(() => {
    isLater = true;
  });
  await outlet.drained();
  await turn();
  expect(isLater).toBe(true);
  const pipe = new PassThrough();
  const chunks: Buffer[] = [];
  pipe.on('data', (chunk: Buffer) => chunks.push(chunk));
  const other = new Outlet(pipe);
  other.cork();
  pipe.write('a');
  other.cork();
  pipe.write('b');
  expect(chunks).toHaveLength(0);
  await turn();
  await turn();
  expect(Buffer.concat(chunks).toString()).toBe('ab');
});

it('gives up on credentials that are refused twice, and says so', async () => {
  const gateway = await startGateway();
  const client = resumingClient({ ...gateway, apiKey: 'nonsense' });
  const reason = await new Promise((resolve) =>
    client.subscribe({ query: RESUMABLE }, { next: resolve, error: resolve, complete: () => resolve(null) }),
  );
  expect(reason).toMatchObject({ code: 4403 });
});

it('sends no mutation that could be sent twice, and resumes nothing that cannot be', async () => {
  const client = resumingClient(await startGateway());
  for (const query of [
    'mutation { resetSandbox(input: {}) { now } }',
    'subscription { events { ... on Event { cursor } } }',
    'subscription ($after: String) { events(after: $after) { ... on Event { id } } }',
  ]) {
    const reason = await new Promise((resolve) =>
      client.subscribe({ query }, { next: resolve, error: resolve, complete: () => resolve(null) }),
    );
    expect([query, reason]).toEqual([query, expect.any(TypeError)]);
  }
  const results = client.iterate({ query: '{ merchant { name } }' });
  expect((await results.next()).value).toMatchObject({ data: { merchant: { name: 'A merchant' } } });
});

it('misses nothing that happens before the first result, over a broken connection', async () => {
  const gateway = await startGateway();
  const client = resumingClient(gateway);
  const ids: unknown[] = [];
  const sockets: WebSocket[] = [];
  client.on('connected', (socket) => void sockets.push(socket as WebSocket));
  const stop = client.subscribe<{ events: { id: string } }>(
    { query: RESUMABLE },
    { next: ({ data }) => ids.push(data?.events.id), error: (error) => ids.push(error), complete: () => {} },
  );
  await expect.poll(() => sockets.length).toBe(1);
  await turn(500);
  sockets[0]?.terminate();
  await writeEvents(gateway, 3);
  await expect.poll(() => ids).toEqual(['evt_pay_1', 'evt_pay_2', 'evt_pay_3']);
  stop();
});

it('notices a network that swallows everything, and goes on', async () => {
  const gateway = await startGateway();
  let isHole = false;
  let connections = 0;
  const proxy = createServer((near) => {
    connections += 1;
    const nth = connections;
    const far = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    const isSwallowed = () => isHole && nth === 1;
    near.on('data', (data) => isSwallowed() || far.write(data));
    far.on('data', (data) => isSwallowed() || near.write(data));
    for (const side of [near, far]) side.on('error', () => {});
    near.on('close', () => far.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void proxy.close());
  const { port } = proxy.address() as { port: number };
  const ids: unknown[] = [];
  const stop = resumingClient({ ...gateway, url: `http://127.0.0.1:${port}/graphql` }).subscribe<{
    events: { id: string };
  }>(
    { query: RESUMABLE },
    { next: ({ data }) => ids.push(data?.events.id), error: (error) => ids.push(error), complete: () => {} },
  );
  await turn(1_000);
  isHole = true;
  await writeEvents(gateway, 1);
  await expect.poll(() => ids).toEqual(['evt_pay_1']);
  stop();
});

it('leaves nothing running of what was aborted before it began', async () => {
  const gateway = await startGateway();
  const client = createGatewayClient({
    url: gateway.url,
    apiKey: gateway.apiKey,
    webSocketImpl: WebSocket,
    findPlace: findResumePlace,
  });
  for await (const result of client.follow(RESUMABLE, {}, AbortSignal.abort())) throw new Error(JSON.stringify(result));
  await client.close();
});
