import { expect, it } from 'vitest';
import { Busy } from '../../src/admission/busy.ts';
import { createFairGate } from '../../src/admission/fair-gate.ts';
import { createPacer } from '../../src/admission/pacer.ts';
import { createPointBuckets } from '../../src/admission/point-buckets.ts';
import { DOCUMENTS_CLOCK, LISTENER, startGateway, type TestGateway } from '../support/harness.ts';
import { open } from '../support/raw-socket.ts';
import { byGet, byPost, bySse, byWebSocket, TRANSPORTS, URL_LENGTH_MAX } from '../support/transports.ts';

const LIMITS = {
  ...LISTENER.limits,
  textBytesMax: 2_000,
  tokensMax: 120,
  depthMax: 6,
  aliasesMax: 5,
  directivesMax: 4,
  nodesMax: 300,
  costMax: 400,
};

const deep = (depth: number) => {
  // payments → nodes → customer → payments → nodes → customer → …
  const steps = ['payments(first: 1)', 'nodes', 'customer'];
  let query = 'id';
  for (let level = depth - 2; level >= 0; level -= 1) query = `${steps[level % 3]} { ${query} }`;
  return `{ ${query} }`;
};
const repeated = (count: number, part: (index: number) => string) =>
  `{ merchant { ${Array.from({ length: count }, (_, index) => part(index)).join(' ')} } }`;

/** For each limit a document at it, and one beyond it. */
const CASES: Readonly<Record<string, { readonly at: string; readonly beyond: string; readonly code: string }>> = {
  text: {
    at: `{ merchant { name } } #${'x'.repeat(2_000 - 23)}`,
    beyond: `{ merchant { name } } #${'x'.repeat(2_001 - 23)}`,
    code: 'QUERY_TOO_LARGE',
  },
  tokens: {
    // Three for each brace pair, one for each name.
    at: repeated(115, () => 'name'),
    beyond: repeated(116, () => 'name'),
    code: 'QUERY_TOO_LARGE',
  },
  depth: { at: deep(6), beyond: deep(7), code: 'QUERY_TOO_DEEP' },
  aliases: {
    at: repeated(5, (index) => `a${index}: name`),
    beyond: repeated(6, (index) => `a${index}: __typename`),
    code: 'TOO_MANY_ALIASES',
  },
  directives: {
    at: repeated(4, () => 'name @include(if: true)'),
    beyond: repeated(5, () => 'name @skip(if: false)'),
    code: 'TOO_MANY_DIRECTIVES',
  },
  nodes: {
    at: '{ payments(first: 150) { nodes { __typename } } customers(first: 150) { nodes { __typename } } }',
    beyond: '{ payments(first: 150) { nodes { __typename } } customers(first: 151) { nodes { __typename } } }',
    code: 'QUERY_TOO_COSTLY',
  },
  'nodes by their ids': {
    at: `{ nodes(ids: [${'"x" '.repeat(30)}]) { ... on Customer { payments(first: 9) { nodes { __typename } } } } }`,
    beyond: `{ nodes(ids: [${'"x" '.repeat(31)}]) { ... on Customer { payments(first: 9) { nodes { __typename } } } } }`,
    code: 'QUERY_TOO_COSTLY',
  },
  cost: {
    // payments + nodes + 199 rows of two fields.
    at: '{ payments(first: 199) { nodes { id status } } }',
    beyond: '{ payments(first: 199) { nodes { id status } totalCount } }',
    code: 'QUERY_TOO_COSTLY',
  },
};

it('takes a document at each limit and refuses one beyond it, over every transport', async () => {
  const gateway = await startGateway({ listener: { limits: LIMITS } });
  for (const [transport, ask] of Object.entries(TRANSPORTS)) {
    for (const [name, { at, beyond, code }] of Object.entries(CASES)) {
      if (transport === 'GET' && beyond.length > URL_LENGTH_MAX) continue;
      expect([transport, name, (await ask(gateway, at)).code]).toEqual([transport, name, 'OK']);
      expect([transport, name, (await ask(gateway, beyond)).code]).toEqual([transport, name, code]);
    }
  }
});

it('counts page sizes that come as variables, or by default, and each fragment once', async () => {
  const gateway = await startGateway({ listener: { limits: LIMITS } });
  const page = 'query ($first: Int = 151) { payments(first: $first) { nodes { customer { id } } } }';
  expect((await byPost(gateway, page, { first: 10 })).extensions?.cost).toMatchObject({ points: 22, nodes: 10 });
  expect((await byPost(gateway, page, { first: 200 })).code).toBe('QUERY_TOO_COSTLY');
  expect((await byPost(gateway, page)).extensions?.cost).toMatchObject({ nodes: 151 });
  expect((await byPost(gateway, '{ payments { nodes { id } } }')).extensions?.cost).toMatchObject({ nodes: 50 });
  expect((await byPost(gateway, page, { first: 1_000_000_000 })).code).toBe('QUERY_TOO_COSTLY');
  expect((await byPost(gateway, page, { first: -1 })).code).toBe('PAGE_OUT_OF_RANGE');
  const nodes = 'query ($n: Int) { customers(first: $n) { nodes { payments(first: $n) { nodes { id } } } } }';
  expect((await byPost(gateway, nodes, { n: 17 })).code).toBe('QUERY_TOO_COSTLY');
  const byIds = 'query ($ids: [ID!]! = ["a", "b"]) { nodes(ids: $ids) { id } }';
  expect((await byPost(gateway, byIds)).extensions?.cost).toMatchObject({ points: 3, nodes: 2 });
  expect((await byPost(gateway, byIds, { ids: ['a', 'b', 'c'] })).extensions?.cost).toMatchObject({ nodes: 3 });
  const fragment =
    '{ payments(first: 10) { ...Rows } customers(first: 10) { nodes { ...C } } } fragment Rows on PaymentConnection { nodes { customer { ...C } } } fragment C on Customer { id version }';
  expect((await byPost(gateway, fragment)).extensions?.cost).toMatchObject({ points: 54, nodes: 20 });
});

it('is not held up by fragments that fan out', async () => {
  const gateway = await startGateway();
  const fan = Array.from({ length: 18 }, (_, at) => `fragment F${at} on Merchant { ...F${at + 1} ...F${at + 1} }`);
  const query = `{ merchant { ...F0 } } ${fan.join(' ')} fragment F18 on Merchant { name }`;
  const begunAt = Date.now();
  const { code } = await byPost(gateway, query);
  expect(Date.now() - begunAt).toBeLessThan(2_000);
  expect(['QUERY_TOO_COSTLY', 'QUERY_TOO_DEEP']).toContain(code);
});

it('takes points from a bucket for each key, and says what is left and when to come back', async () => {
  const gateway = await startGateway({
    listener: { limits: { ...LISTENER.limits, bucketPoints: 100, refillPerSecond: 10 } },
  });
  const page = '{ payments(first: 30) { nodes { id } } }';
  const [one, two, three, refused] = [
    await byPost(gateway, page),
    await byWebSocket(gateway, page),
    await bySse(gateway, page),
    await byGet(gateway, page),
  ];
  const left = [one, two, three].map((answer) => answer.extensions?.cost?.left ?? 0);
  expect(left[0]).toBe(68);
  expect(left[1]).toBeLessThan(48);
  expect(left[2]).toBeLessThan(28);
  expect(refused).toMatchObject({ status: 429, code: 'RATE_LIMITED' });
  expect(refused.retryAfterMs).toBeGreaterThan(0);
  expect(refused.retryAfterMs).toBeLessThanOrEqual(3_200);
  const stranger = { ...gateway, ...(await gateway.addMerchant()) };
  expect((await byPost(stranger, page)).code).toBe('OK');
});

it('refills buckets, and bounds how many it keeps', () => {
  let now = 0;
  const buckets = createPointBuckets({ bucketPoints: 100, refillPerSecond: 10 }, () => now);
  expect(buckets.take('a', 100)).toEqual({ left: 0 });
  expect(buckets.take('a', 1)).toEqual({ retryAfterMs: 100 });
  expect(buckets.take('a', 101)).toEqual({ retryAfterMs: 10_100 });
  now = 5_000;
  expect(buckets.take('a', 50)).toEqual({ left: 0 });
  now = 1_000_000;
  expect(buckets.take('a', 100)).toEqual({ left: 0 });
  const few = createPointBuckets({ bucketPoints: 100, refillPerSecond: 10 }, () => now, 2);
  for (const client of ['a', 'b', 'a', 'c']) few.take(client, 10);
  // b was used longest ago.
  expect(['a', 'b', 'c'].map((client) => few.take(client, 0, 'LOOK'))).toEqual([
    { left: 80 },
    { left: 100 },
    { left: 90 },
  ]);
});

it('tells nothing of the schema where it is not to', async () => {
  const gateway = await startGateway({ listener: { hasIntrospection: false } });
  for (const [transport, ask] of Object.entries(TRANSPORTS)) {
    for (const query of [
      '{ __schema { types { name } } }',
      '{ __type(name: "Payment") { name } }',
      '{ ...F } fragment F on Query { __schema { queryType { name } } }',
    ]) {
      expect([transport, (await ask(gateway, query)).code]).toEqual([transport, 'INTROSPECTION_DISABLED']);
    }
    expect([transport, (await ask(gateway, '{ __typename }')).code]).toEqual([transport, 'OK']);
  }
  const response = await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.apiKey}` },
    body: JSON.stringify({ query: '{ merchantt { name } paymentss { id } }' }),
  });
  const text = await response.text();
  expect(text).toContain('VALIDATION_FAILED');
  const nearly = [
    ['query ($i: PaymentFilter) { payments(filter: $i) { totalCount } }', { i: { statuss: {} } }],
    [
      'subscription ($i: PaymentStatusChangedFilter) { paymentStatusChanged(filter: $i) { cursor } }',
      { i: { tos: 1 } },
    ],
  ] as const;
  for (const [query, i] of nearly) {
    for (const ask of [byPost, bySse, byWebSocket]) {
      const { code, message } = await ask(gateway, query, i);
      expect([code === 'OK', message]).toEqual([false, expect.not.stringContaining('Did you mean')]);
    }
  }
  expect(text).not.toMatch(/did you mean|"merchant"|payments"/i);
});

it('answers TIMEOUT to what takes too long, over every transport, but lets the clock take its time', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK, listener: { deadlineMs: 300 } });
  const client = await gateway.node.app.database.pool.connect();
  await client.query('BEGIN; LOCK TABLE merchant_clock');
  for (const [transport, ask] of Object.entries(TRANSPORTS)) {
    const { code, status = 504 } = await ask(gateway, '{ merchant { now } }');
    expect([transport, code, status]).toEqual([transport, 'TIMEOUT', 504]);
  }
  const advancing = byPost(
    gateway,
    'mutation { ...Advance } fragment Advance on Mutation { advanceClock(input: { to: "2024-09-02T08:00:00+02:00" }) { done } }',
  );
  await new Promise((resolve) => setTimeout(resolve, 600));
  await client.query('ROLLBACK');
  client.release();
  expect((await advancing).code).toBe('OK');
  expect(gateway.logged).toEqual(
    Object.keys(TRANSPORTS).map(() => ({ message: 'request timed out', requestId: expect.any(String) })),
  );
});

it('limits the requests executed at once, over every transport', async () => {
  const gateway = await startGateway({ listener: { inFlightMax: 2 } });
  const client = await gateway.node.app.database.pool.connect();
  await client.query('BEGIN; LOCK TABLE merchant_clock');
  const held = [byPost(gateway, '{ merchant { now } }'), byWebSocket(gateway, '{ merchant { now } }')];
  await expect
    .poll(() =>
      gateway.sql(
        "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%FROM merchant_clock AS clock WHERE merchant_id%'",
      ),
    )
    .toHaveLength(held.length);
  for (const [transport, ask] of Object.entries({ POST: byPost, GET: byGet, WebSocket: byWebSocket })) {
    const answer = await ask(gateway, '{ merchant { name } }');
    expect([transport, answer]).toMatchObject([transport, { code: 'UNAVAILABLE', retryAfterMs: 1_000 }]);
  }
  // An EventSource is told nothing: it comes again by itself.
  expect(await (await postBody(gateway, MERCHANT, 'text/event-stream')).text()).not.toContain('data:');
  await client.query('ROLLBACK');
  client.release();
  expect((await Promise.all(held)).map(({ code }) => code)).toEqual(['OK', 'OK']);
  expect((await byPost(gateway, '{ merchant { name } }')).code).toBe('OK');
});

const MERCHANT = '{"query":"{ merchant { name } }"}';

function postBody(gateway: TestGateway, body: string, accept: string): Promise<Response> {
  const headers = { 'content-type': 'application/json', accept, authorization: `Bearer ${gateway.apiKey}` };
  return fetch(gateway.url, { method: 'POST', headers, body });
}

it('limits the bytes of a body and of a message of a socket', async () => {
  const gateway = await startGateway({ listener: { intake: { ...LISTENER.intake, bodyBytesMax: 1_000 } } });
  const status = async (bytes: number) =>
    (await postBody(gateway, MERCHANT.padEnd(bytes), 'application/graphql-response+json')).status;
  expect([await status(1_000), await status(1_001)]).toEqual([200, 413]);
  const event = async (bytes: number) => (await postBody(gateway, MERCHANT.padEnd(bytes), 'text/event-stream')).text();
  expect(await event(1_000)).toContain('"merchant":{"name"');
  expect(await event(1_001)).toContain('BODY_TOO_LARGE');
  const socket = await open(gateway);
  const message = '{"id":"1","type":"subscribe","payload":{"query":"{ merchant { name } }"}}';
  socket.webSocket.send(message.padEnd(1_000));
  expect((await socket.take(3)).map(({ type }) => type)).toEqual(['connection_ack', 'next', 'complete']);
  socket.webSocket.send(message.padEnd(1_001));
  expect((await socket.closed).code).toBe(1009);
});

it('reads little of those who do not say who they are', async () => {
  const gateway = await startGateway();
  const ask = async (bytes: number, accept: string) => {
    const headers = { 'content-type': 'application/json', accept };
    const body = '{"query":"{ __typename }"}'.padEnd(bytes);
    return (await fetch(gateway.url, { method: 'POST', headers, body })).text();
  };
  for (const accept of ['application/json', 'text/event-stream']) {
    expect(await ask(64 * 1_024, accept)).toContain('"__typename":"Query"');
    expect(await ask(64 * 1_024 + 1, accept)).toContain('BODY_TOO_LARGE');
  }
});

it('keeps no merchant from being answered by the crowd of another', async () => {
  const gateway = await startGateway();
  const other = await gateway.addMerchant();
  const client = await gateway.node.app.database.pool.connect();
  await client.query('BEGIN');
  await client.query('SELECT FROM merchant WHERE id = $1 FOR UPDATE', [gateway.merchantId]);
  const change = 'mutation { updateMerchantSettings(input: { emailUnique: true }) { replayed } }';
  const crowd = Array.from({ length: 60 }, () => byPost(gateway, change));
  await expect
    .poll(() => gateway.sql("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))
    .not.toHaveLength(0);
  for (let turn = 0; turn < 5; turn += 1) {
    expect((await byPost({ ...gateway, apiKey: other.apiKey }, '{ merchant { name } }')).code).toBe('OK');
    expect((await fetch(gateway.url.replace('/graphql', '/readyz'))).status).toBe(200);
  }
  await client.query('ROLLBACK');
  client.release();
  expect((await Promise.all(crowd)).map(({ code }) => code).filter((code) => code === 'OK')).not.toEqual([]);
});

it('lets clients in by turns, each a share, and refuses who waits too long or is one too many', async () => {
  const gate = createFairGate({ slots: 2, slotsPerClient: 1, max: 6, waitMs: 200 });
  const order: string[] = [];
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const enter = (client: string, name: string) =>
    gate.run(client, async () => {
      order.push(name);
      await held;
    });
  const entering = [
    enter('a', 'a1'),
    enter('a', 'a2'),
    enter('a', 'a3'),
    enter('b', 'b1'),
    enter('b', 'b2'),
    enter('c', 'c1'),
  ];
  expect(order).toEqual(['a1', 'b1']); // one each
  await expect(enter('d', 'd1')).rejects.toBeInstanceOf(Busy);
  release();
  await Promise.all(entering);
  expect(order).toEqual(['a1', 'b1', 'a2', 'b2', 'c1', 'a3']);
  let releaseAgain = (): void => {};
  const first = gate.run('a', () => new Promise<void>((resolve) => (releaseAgain = resolve)));
  await expect(gate.run('a', () => 1)).rejects.toBeInstanceOf(Busy);
  releaseAgain();
  await first;
  expect(await gate.run('a', () => 1)).toBe(1);
});

it('reads the heavy texts of a client one after the other, and refuses one that would wait too long', async () => {
  let now = 0;
  const pacer = createPacer({ pointsPerSecond: 1_000, waitMsMax: 100 }, () => now);
  await pacer.wait('a', 150);
  await expect(pacer.wait('a', 1)).rejects.toMatchObject({ retryAfterMs: 150 });
  await pacer.wait('b', 1_000_000); // others do not wait for it
  now = 60;
  const begun: string[] = [];
  const waiting = pacer.wait('a', 10).then(() => begun.push('a'));
  await Promise.resolve();
  expect(begun).toEqual([]);
  await waiting;
  expect(begun).toEqual(['a']);
});

it('makes no ticket for a document that fits into no URL, and does not read it', async () => {
  const gateway = await startGateway();
  const query = `subscription { ${'a '.repeat(3_000_000)} }`;
  const create = 'mutation ($query: String!) { createStreamTicket(input: { query: $query }) { ticket } }';
  expect((await byPost(gateway, create, { query })).code).toBe('BAD_REQUEST');
});
