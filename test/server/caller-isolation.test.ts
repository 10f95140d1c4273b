import { connect, type Socket } from 'node:net';
import { buildSchema, coerceInputValue, type GraphQLInputObjectType, getIntrospectionQuery } from 'graphql';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { leastCpuSeconds } from '../support/cpu.ts';
import { LISTENER, startGateway, type TestGateway } from '../support/harness.ts';
import { openSocket } from '../support/raw-socket.ts';

// What one caller may cost the others, in CPU, bytes and counts of the process: never in seconds of a clock.

interface Answered {
  readonly status: number;
  readonly code: string | undefined;
  readonly length: number;
}

async function post(gateway: TestGateway, body: string, apiKey: string | null = gateway.apiKey): Promise<Answered> {
  const response = await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}) },
    body,
  });
  const text = await response.text();
  const { errors } = JSON.parse(text) as { errors?: Array<{ extensions: { code: string } }> };
  return { status: response.status, code: errors?.[0]?.extensions.code, length: text.length };
}

const body = (query: string, variables: string) => `{"query":${JSON.stringify(query)},"variables":${variables}}`;
const zeros = (count: number) => `[${'0,'.repeat(count - 1)}0]`;
const keys = (count: number) => `{${Array.from({ length: count }, (_, at) => `"k${at}":0`).join(',')}}`;

const CREATE = 'mutation ($input: CreateCustomersInput!) { createCustomers(input: $input) { results { outcome } } }';
const LIST = 'query ($filter: PaymentFilter) { payments(filter: $filter, first: 1) { nodes { id } } }';

/** A batch of 1,000 records that may be, each with metadata: what every other request is measured against. */
const LEGAL_BATCH = body(
  CREATE,
  JSON.stringify({
    input: {
      dryRun: true,
      records: Array.from({ length: 1_000 }, (_, at) => ({
        clientKey: `r${at}`,
        reference: `R${at}`,
        personName: 'A name of some length',
        personSurname: 'A surname',
        email: `someone${at}@example.com`,
        metadata: Object.fromEntries(Array.from({ length: 50 }, (__, key) => [`key-${key}`, 'x'.repeat(40)])),
      })),
    },
  }),
);

/** Shapes that are large in one way each, with the code that answers them. */
const SHAPES: Readonly<Record<string, { readonly body: string; readonly code: string | undefined }>> = {
  'an array of millions': { body: body('{ __typename }', `{"x":${zeros(4_000_000)}}`), code: 'BODY_TOO_LARGE' },
  'as many values as may be': { body: body('{ __typename }', `{"x":${zeros(199_000)}}`), code: undefined },
  'more keys than may be': { body: body(LIST, `{"filter":${keys(200_000)}}`), code: 'BODY_TOO_LARGE' },
  'unknown keys of a filter': { body: body(LIST, `{"filter":${keys(99_000)}}`), code: 'BAD_REQUEST' },
  'unknown keys in a list': {
    body: body(LIST, `{"filter":{"or":[${keys(90_000)},${keys(9_000)}]}}`),
    code: 'BAD_REQUEST',
  },
  'an object for a text': { body: body(LIST, `{"filter":{"id":{"eq":${keys(99_000)}}}}`), code: 'BAD_REQUEST' },
  'an object for an enum': { body: body(LIST, `{"filter":{"status":{"eq":${keys(99_000)}}}}`), code: 'BAD_REQUEST' },
  'metadata of zeros': {
    body: body(CREATE, `{"input":{"dryRun":true,"records":[{"metadata":{"a":${zeros(199_000)}}}]}}`),
    code: undefined,
  },
  'a text of megabytes': { body: body('{ __typename }', `{"x":"${'x'.repeat(7_900_000)}"}`), code: undefined },
  'escapes of megabytes': { body: body('{ __typename }', `{"x":"${'\\u00e9'.repeat(1_300_000)}"}`), code: undefined },
  'a number of megabytes': { body: body('{ __typename }', `{"x":${'9'.repeat(7_900_000)}}`), code: undefined },
  'numbers that are not exact': {
    body: body('{ __typename }', `{"x":[${'1e400,'.repeat(190_000)}0]}`),
    code: undefined,
  },
  nesting: { body: body('{ __typename }', `{"x":${'['.repeat(150_000)}${']'.repeat(150_000)}}`), code: 'BAD_REQUEST' },
  spaces: { body: `${' '.repeat(7_900_000)}${body('{ __typename }', 'null')}`, code: undefined },
  'quotes without end': { body: `{"query":"${'\\"'.repeat(3_900_000)}`, code: 'BAD_REQUEST' },
  'a field name of 200 kB': { body: body(LIST, `{"filter":{"${'k'.repeat(200_000)}":0}}`), code: 'BAD_REQUEST' },
};

it('spends on no shape of request more CPU than twice what a legal batch of 1,000 records costs', async () => {
  const gateway = await startGateway();
  expect((await post(gateway, LEGAL_BATCH)).code).toBeUndefined();
  const legal = await leastCpuSeconds(3, () => post(gateway, LEGAL_BATCH));
  const spent: Record<string, string> = {};
  for (const [name, shape] of Object.entries(SHAPES)) {
    const { code, length } = await post(gateway, shape.body);
    expect([name, code]).toEqual([name, shape.code]);
    expect([name, length < 2_000]).toEqual([name, true]);
    const cpu = await leastCpuSeconds(3, () => post(gateway, shape.body));
    if (cpu > 2 * legal) spent[name] = `${cpu.toFixed(3)} s, a legal batch ${legal.toFixed(3)} s`;
  }
  expect(spent).toEqual({});
});

it('is held by what graphql-js does with a wrong value, were it asked', async () => {
  const filter = buildSchema('input F { a: Int } type Query { a(f: F): Int }').getType('F') as GraphQLInputObjectType;
  const value = JSON.parse(keys(20_000)) as object;
  const told: string[] = [];
  const twin = await leastCpuSeconds(1, () => {
    try {
      coerceInputValue(value, filter, (_path, invalid, error) => {
        // As `getVariableValues` does: the whole value with each of fifty errors.
        told.push(`${inspectValue(invalid)} ${error.message}`);
        if (told.length === 50) throw new Error('enough');
      });
    } catch {}
  });
  const gateway = await startGateway();
  const own = await leastCpuSeconds(3, () => post(gateway, body(LIST, `{"filter":${keys(20_000)}}`)));
  expect(told).toHaveLength(50);
  expect(twin).toBeGreaterThan(5 * own);
});

it('charges points by bytes and values, and meters those without credentials by address', async () => {
  const gateway = await startGateway({
    listener: { trustedProxies: 1, limits: { ...LISTENER.limits, bucketPoints: 100_000 } },
  });
  const ask = async (address: string, variables: string) => {
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
      body: body('{ __typename }', variables),
    });
    return response.status;
  };
  const heavy = `{"x":${zeros(30_000)}}`; // 60 kB, 15 points for the bytes and 300 for the values
  const statuses: number[] = [];
  for (let turn = 0; turn < 10; turn += 1) statuses.push(await ask('1.1.1.1', heavy));
  expect(statuses[0]).toBe(200);
  expect(statuses.at(-1)).toBe(429);
  expect(await ask('2.2.2.2', heavy)).toBe(200);
});

it('answers introspection without credentials only as tools ask it, and once a second an address', async () => {
  const gateway = await startGateway();
  const ask = (query: string, apiKey: string | null = null) => post(gateway, body(query, 'null'), apiKey);
  expect((await ask(getIntrospectionQuery())).code).toBeUndefined();
  expect((await ask(getIntrospectionQuery({ descriptions: false, oneOf: true }))).code).toBe('RATE_LIMITED');
  const many = `{ ${Array.from({ length: 48 }, (_, at) => `a${at}: __schema { types { name } }`).join(' ')} }`;
  expect((await ask(many)).code).toBe('UNAUTHENTICATED');
  expect((await ask('{ __type(name: "Query") { fields { name } } }')).code).toBe('UNAUTHENTICATED');
  expect((await ask('{ __typename }')).code).toBeUndefined();
  const whole = getIntrospectionQuery().replace(
    /^[\s\S]*?\{([\s\S]*?)\n {4}\}\n\n/,
    (_all, inner: string) =>
      `query { ${Array.from({ length: 4 }, (__, at) => `a${at}: ${inner.trim()}`).join(' ')} }\n`,
  );
  expect((await ask(whole, gateway.apiKey)).code).toBe('QUERY_TOO_COSTLY');
  expect((await ask(getIntrospectionQuery(), gateway.apiKey)).code).toBeUndefined();
});

it('limits the bytes of bodies that a node holds, with a share for each key', async () => {
  const megabyte = 1_024 * 1_024;
  const gateway = await startGateway({
    listener: { receiving: { bytesMax: 24 * megabyte, bytesPerPayerMax: 8 * megabyte } },
  });
  const other = await gateway.addMerchant();
  const stalled = await Promise.all(Array.from({ length: 30 }, () => stall(gateway, gateway.apiKey, megabyte)));
  const refused = () => stalled.filter(({ head }) => head() !== '');
  await expect.poll(() => refused().length).toBeGreaterThanOrEqual(stalled.length - 8);
  for (const { head } of refused()) expect(head()).toMatch(/^HTTP\/1\.1 503 [\s\S]*retry-after: 1\r\n/i);
  expect(await heldBytes(gateway)).toBeLessThanOrEqual(8 * megabyte);
  // Others are served meanwhile, and the key itself once it has sent what it began.
  expect((await post(gateway, LEGAL_BATCH, other.apiKey)).status).toBe(200);
  for (const { socket } of stalled) socket.destroy();
  await expect.poll(() => heldBytes(gateway)).toBe(0);
  expect((await post(gateway, LEGAL_BATCH)).status).toBe(200);
});

it('counts what comes over sockets in parts among the bytes it holds', async () => {
  const megabyte = 1_024 * 1_024;
  const gateway = await startGateway({
    listener: { receiving: { bytesMax: 24 * megabyte, bytesPerPayerMax: 4 * megabyte } },
  });
  const sockets = await Promise.all(Array.from({ length: 10 }, () => openSocket(gateway, `Bearer ${gateway.apiKey}`)));
  // A text frame of eight megabytes is announced, and one of them sent.
  const announced = Buffer.concat([
    Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0, 0, 0, 0]),
    Buffer.alloc(megabyte),
  ]);
  for (const { webSocket } of sockets) connectionOf(webSocket).write(announced);
  let closedCount = 0;
  for (const { closed } of sockets) void closed.then(() => (closedCount += 1));
  await expect.poll(() => closedCount).toBeGreaterThanOrEqual(6);
  expect(await heldBytes(gateway)).toBeLessThanOrEqual(4 * megabyte);
  for (const { webSocket } of sockets) webSocket.terminate();
});

it('echoes nothing of a ping, and queues nothing for a client that does not read', async () => {
  const gateway = await startGateway({
    listener: { sockets: { subscriptionsMax: 20, pingMs: 15_000, idleMs: 60_000, messagesPerSecond: 10_000 } },
  });
  const socket = await openSocket(gateway, `Bearer ${gateway.apiKey}`);
  socket.send({ type: 'ping', payload: { echo: 'x'.repeat(1_000) } });
  expect((await socket.take(2))[1]).toEqual({ type: 'pong' });
  socket.webSocket.pause();
  const payload = JSON.stringify({ type: 'ping', payload: { echo: 'x'.repeat(100_000) } });
  for (let turn = 0; turn < 500; turn += 1) socket.webSocket.send(payload);
  const query = `{ ${Array.from({ length: 40 }, (_, at) => `a${at}: errorCodes { description }`).join(' ')} }`;
  for (let turn = 0; turn < 500; turn += 1) socket.send({ id: String(turn), type: 'subscribe', payload: { query } });
  // Results wait in so many bytes; who lets more wait is cut.
  socket.webSocket.resume();
  expect(await socket.closed).toMatchObject({ code: expect.toBeOneOf([1013, 1006]) });
});

it('keeps a share of the sockets that have not said who they are for each address', async () => {
  const gateway = await startGateway({ listener: { trustedProxies: 1 } });
  const open = (address: string) => {
    const socket = new WebSocket(gateway.url.replace('http', 'ws'), 'graphql-transport-ws', {
      headers: { 'x-forwarded-for': address },
    });
    onTestFinished(() => socket.terminate());
    return new Promise<string>((resolve) => {
      socket.on('open', () => resolve('open'));
      socket.on('error', (error) => resolve(error.message));
    });
  };
  const crowd = await Promise.all(Array.from({ length: 260 }, () => open('1.1.1.1')));
  expect(crowd.filter((outcome) => outcome === 'open').length).toBeLessThanOrEqual(200);
  expect(await open('2.2.2.2')).toBe('open');
});

/** Sends the head of a request and a part of its body, and no more. */
async function stall(
  gateway: TestGateway,
  apiKey: string,
  bytes: number,
): Promise<{ socket: Socket; head: () => string }> {
  const { port } = new URL(gateway.url);
  const socket = connect(Number(port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  let received = '';
  socket.on('data', (chunk) => {
    received += String(chunk);
  });
  socket.write(
    `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nauthorization: Bearer ${apiKey}\r\ncontent-length: ${8 * bytes}\r\n\r\n`,
  );
  await new Promise((resolve) => socket.write(Buffer.alloc(bytes, 0x20), resolve));
  return { socket, head: () => received };
}

async function heldBytes(gateway: TestGateway): Promise<number> {
  const text = await (await fetch(gateway.url.replace('/graphql', '/metrics'))).text();
  return Number(/^gateway_request_bytes_held (\d+)/m.exec(text)?.[1]);
}

const connectionOf = (socket: WebSocket) => (socket as unknown as { _socket: Socket })._socket;
const inspectValue = (value: unknown): string =>
  Object.entries(value as object)
    .map(([key, item]) => `${key}: ${item}`)
    .join(', ');

it('counts bytes of a socket only while a message is on its way: pings and pongs add up to nothing', async () => {
  const gateway = await startGateway();
  const socket = await openSocket(gateway, `Bearer ${gateway.apiKey}`);
  for (let turn = 0; turn < 500; turn += 1) {
    socket.webSocket.pong();
    if (turn % 10 === 0) socket.webSocket.ping('x'.repeat(100));
  }
  socket.send({ id: '1', type: 'subscribe', payload: { query: '{ merchant { id } }' } });
  await socket.take(3);
  socket.webSocket.pong();
  await expect.poll(() => heldBytes(gateway)).toBe(0);
  socket.webSocket.terminate();
});

it('tells tools the schema without credentials also with the points that an address has by default', async () => {
  const gateway = await startGateway({ listener: { limits: { ...LISTENER.limits, bucketPoints: 100_000 } } });
  expect((await post(gateway, body(getIntrospectionQuery(), 'null'), null)).code).toBeUndefined();
});

it('charges introspection of named types by the longest that they may be', async () => {
  const gateway = await startGateway();
  const many = (field: string) => `{ ${Array.from({ length: 46 }, (_, at) => `a${at}: ${field}`).join(' ')} }`;
  for (const field of [
    '__type(name: "Mutation") { fields { args { type { ofType { inputFields { name } } } } } }',
    '__type(name: "Node") { possibleTypes { fields { name description type { name } } } }',
  ])
    expect([field, (await post(gateway, body(many(field), 'null'))).code]).toEqual([field, 'QUERY_TOO_COSTLY']);
});

it('limits the bytes of answers that clients have not read', async () => {
  const megabyte = 1_024 * 1_024;
  const gateway = await startGateway({
    listener: { receiving: { bytesMax: 12 * megabyte, bytesPerPayerMax: 4 * megabyte } },
  });
  const text = body(getIntrospectionQuery(), 'null');
  const sockets = Array.from({ length: 20 }, () => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1', () =>
      socket.write(
        `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nauthorization: Bearer ${gateway.apiKey}\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
      ),
    );
    socket.pause();
    socket.on('error', () => {});
    onTestFinished(() => void socket.destroy());
    return socket;
  });
  // What the kernel takes is out of our hands; the rest is bounded.
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const metrics = await (await fetch(gateway.url.replace('/graphql', '/metrics'))).text();
  expect(Number(/^gateway_answer_bytes_held (\d+)/m.exec(metrics)?.[1])).toBeLessThanOrEqual(4 * megabyte);
  const other = await gateway.addMerchant();
  expect((await post(gateway, LEGAL_BATCH, other.apiKey)).status).toBe(200);
  for (const socket of sockets) socket.destroy();
});
