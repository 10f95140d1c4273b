import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/harness.ts';
import { open, openSocket, WATCH } from '../support/raw-socket.ts';
import { openSse } from '../support/sse.ts';

// What the clients that people use do, where the standard leaves it open or they bend it.

const QUERY = '{"query":"{ merchant { id } }"}';

const post = (gateway: TestGateway, body: string, headers: Record<string, string> = {}) =>
  fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.apiKey}`, ...headers },
    body,
  });

/** Writes bytes to the port. Returns the output up to the given number of answers, the end of the connection, or five minutes. */
function raw(gateway: TestGateway, text: string, answers = 1): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1', () => socket.write(text));
    let answer = '';
    const done = (): void => {
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(done, 300_000);
    socket.on('data', (chunk) => {
      answer += String(chunk);
      if ((answer.match(/HTTP\/1\.1 \d/g)?.length ?? 0) < answers) return;
      clearTimeout(timer);
      setTimeout(done, 100);
    });
    socket.on('close', done);
    socket.on('error', done);
  });
}

it('answers the next request of a connection whose body was refused unread', async () => {
  const gateway = await startGateway({
    listener: { intake: { bodyBytesMax: 1_000, valuesMax: 1_000, keysMax: 1_000 } },
  });
  const head = (length: number, type: string, path = '/graphql') =>
    `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\nauthorization: Bearer ${gateway.apiKey}\r\ncontent-length: ${length}\r\n\r\n`;
  const large = 'x'.repeat(100_000);
  for (const [status, first] of [
    [413, `${head(large.length, 'application/json')}${large}`],
    [415, `${head(large.length, 'text/plain')}${large}`],
    [404, `${head(large.length, 'application/json', '/nowhere')}${large}`],
  ] as const) {
    const answers = await raw(gateway, `${first}${head(QUERY.length, 'application/json')}${QUERY}`, 2);
    expect(answers.match(/HTTP\/1\.1 (\d+)/g)).toEqual([`HTTP/1.1 ${status}`, 'HTTP/1.1 200']);
  }
  for (let turn = 0; turn < 20; turn += 1) {
    expect((await post(gateway, large)).status).toBe(413);
    expect((await post(gateway, QUERY)).status).toBe(200);
  }
});

it('goes on by HTTP/1.1 with a client that would rather speak HTTP/2 in clear', async () => {
  const gateway = await startGateway();
  const head = `POST /graphql HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nHost: x\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\nUpgrade: h2c\r\nContent-Type: application/json\r\nAuthorization: Bearer ${gateway.apiKey}\r\nContent-Length: ${QUERY.length}\r\n\r\n`;
  const whole = await raw(gateway, `${head}${QUERY}`);
  expect(whole).toMatch(/^HTTP\/1\.1 200 [\s\S]*"merchant"/);
  // The body may come later, and the connection serves on.
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1', () => socket.write(head));
  let answer = '';
  socket.on('data', (chunk) => (answer += String(chunk)));
  await new Promise((resolve) => setTimeout(resolve, 100));
  socket.write(QUERY);
  await expect.poll(() => answer).toContain('"merchant"');
  socket.write(`GET /livez HTTP/1.1\r\nhost: x\r\n\r\n`);
  await expect.poll(() => answer).toContain('ok\n');
  socket.destroy();
  // What it says of the connection beside is kept, and where Node leaves headers out nothing is guessed.
  const closing = await raw(gateway, `${head.replace('Connection: Upgrade', 'Connection: close, Upgrade')}${QUERY}`);
  expect(closing).toMatch(/^HTTP\/1\.1 200 [\s\S]*connection: close/i);
  const many = head.replace('Upgrade: h2c', `Upgrade: h2c\r\n${'a:\r\n'.repeat(2_500)}`.trim());
  expect(await raw(gateway, `${many}${QUERY}`)).toMatch(/^HTTP\/1\.1 431 /);
});

it('is liberal in what it accepts', async () => {
  const gateway = await startGateway();
  for (const accept of [
    '',
    '*/*;q=0, application/json',
    'text/html;q=0, application/json;q=0.5',
    'application/graphql-response+json;q=0, application/json',
  ])
    expect([accept, (await post(gateway, QUERY, { accept })).status]).toEqual([accept, 200]);
  expect((await post(gateway, QUERY, { accept: 'application/json;q=0' })).status).toBe(406);
  for (const type of [
    'application/json;',
    'application/json; ',
    'application/json; charset=utf-8;',
    'application/json;charset="UTF-8"',
  ])
    expect([type, (await post(gateway, QUERY, { 'content-type': type })).status]).toEqual([type, 200]);
  expect((await post(gateway, `\ufeff${QUERY}`)).status).toBe(200);
  const nested = await open(gateway);
  nested.webSocket.terminate();
  const socket = await openSocket(gateway, null);
  socket.webSocket.terminate();
});

it("takes credentials under `headers` of a socket's parameters, as Apollo's clients send them", async () => {
  const gateway = await startGateway();
  const { WebSocket } = await import('ws');
  const socket = new WebSocket(gateway.url.replace('http', 'ws'), 'graphql-transport-ws');
  const messages: string[] = [];
  socket.on('message', (data) => messages.push(String(data)));
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send(
    JSON.stringify({ type: 'connection_init', payload: { headers: { Authorization: `Bearer ${gateway.apiKey}` } } }),
  );
  await expect.poll(() => messages.length).toBe(1);
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: '{ merchant { id } }' } }));
  await expect.poll(() => messages.join()).toContain(gateway.merchantId);
  socket.terminate();
});

it('tells a client with the hash of a persisted document to send the document, and keeps its socket', async () => {
  const gateway = await startGateway();
  const extensions = { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } };
  const code = { message: 'PersistedQueryNotSupported', extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } };
  const response = await post(gateway, JSON.stringify({ extensions }));
  expect(await response.json()).toMatchObject({ errors: [code] });
  const url = `${gateway.url}?${new URLSearchParams({ extensions: JSON.stringify(extensions) })}`;
  const got = await fetch(url, { headers: { authorization: `Bearer ${gateway.apiKey}` } });
  expect(await got.json()).toMatchObject({ errors: [code] });
  const socket = await open(gateway);
  socket.send({ id: '1', type: 'subscribe', payload: { extensions } });
  socket.send({ id: '2', type: 'subscribe', payload: { query: '{ merchant { id } }', extensions } });
  const messages = await socket.take(4);
  expect(messages.find(({ id }) => id === '1')).toMatchObject({ type: 'error', payload: [code] });
  expect(messages.filter(({ id }) => id === '2').map(({ type }) => type)).toEqual(['next', 'complete']);
  socket.webSocket.terminate();
});

it('knows operations that use one id after another in the same moment', async () => {
  const gateway = await startGateway();
  for (let turn = 0; turn < 20; turn += 1) {
    const socket = await open(gateway);
    const watch = { id: '1', type: 'subscribe', payload: { query: WATCH } };
    for (let again = 0; again < 5; again += 1) {
      socket.send(watch);
      socket.send({ id: '1', type: 'complete' });
    }
    socket.send(watch);
    socket.send({ id: '2', type: 'subscribe', payload: { query: '{ merchant { id } }' } });
    // One stream says that it is ready, and one query is answered: none of those before says anything any more.
    const messages = await socket.take(4);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(
      messages
        .slice(1)
        .map(({ id, type }) => `${id} ${type}`)
        .sort(),
    ).toEqual(['1 next', '2 complete', '2 next']);
    expect(socket.messages).toHaveLength(4);
    socket.webSocket.terminate();
  }
  const open20 = await open(gateway);
  for (let turn = 0; turn < 60; turn += 1) {
    open20.send({ id: 'x', type: 'subscribe', payload: { query: WATCH } });
    open20.send({ id: 'x', type: 'complete' });
  }
  open20.send({ id: 'last', type: 'subscribe', payload: { query: WATCH } });
  await expect.poll(() => open20.messages.some(({ id, type }) => id === 'last' && type === 'next')).toBe(true);
  open20.webSocket.terminate();
});

it('allows a page of an allowed origin the headers that it asks for, and takes the id of its request', async () => {
  const origin = 'https://app.example.com';
  const gateway = await startGateway({ listener: { corsOrigins: [origin] } });
  const asked = 'apollographql-client-name,baggage,cache-control,idempotency-key,sentry-trace,traceparent,x-request-id';
  const preflight = async (from: string, headers: string) =>
    (
      await fetch(gateway.url, {
        method: 'OPTIONS',
        headers: { origin: from, 'access-control-request-method': 'POST', 'access-control-request-headers': headers },
      })
    ).headers;
  expect((await preflight(origin, asked)).get('access-control-allow-headers')).toBe(asked);
  expect((await preflight('https://evil.example', asked)).get('access-control-allow-headers')).toBeNull();
  expect((await preflight(origin, 'x'.repeat(3_000))).get('access-control-allow-headers')).toBeNull();
  const answer = await post(gateway, QUERY, { origin, 'x-request-id': 'abc-123' });
  expect([answer.headers.get('x-client-request-id'), answer.headers.get('x-request-id')]).toEqual([
    'abc-123',
    expect.stringMatching(/^req_/),
  ]);
  expect((await post(gateway, QUERY, { 'x-request-id': 'a b' })).headers.get('x-client-request-id')).toBeNull();
});

it('tells an EventSource its place with data, lets no proxy compress, and has it come back when there are too many', async () => {
  const gateway = await startGateway({ listener: { connections: { perClientMax: 1, perNodeMax: 10 } } });
  const url = `${gateway.url}/stream?${new URLSearchParams({ query: WATCH })}`;
  const headers = { authorization: `Bearer ${gateway.apiKey}` };
  const first = await fetch(url, { headers });
  expect(first.headers.get('cache-control')).toBe('no-store, no-transform');
  const reader = first.body?.getReader();
  const text = Buffer.from((await reader?.read())?.value ?? []).toString();
  expect(text).toMatch(/^retry: \d+\n\n/);
  for (const block of text.split('\n\n')) if (/^id:/m.test(block)) expect(block).toMatch(/^data: \S/m);
  const stream = await openSse(url, headers);
  await stream.ended;
  expect(stream.events.map(({ event }) => event)).toEqual(['next']);
  expect(stream.events[0]?.data).toContain('RATE_LIMITED');
  await reader?.cancel();
});

it('holds the body of a stream no longer than it takes to open it', async () => {
  const gateway = await startGateway();
  const aborting = new AbortController();
  const text = JSON.stringify({ query: WATCH, variables: { unused: 'x'.repeat(1_000_000) } });
  const answer = await fetch(gateway.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${gateway.apiKey}`,
    },
    body: text,
    signal: aborting.signal,
  });
  await answer.body?.getReader().read();
  const held = async () =>
    /^gateway_request_bytes_held (\d+)/m.exec(
      await (await fetch(gateway.url.replace('/graphql', '/metrics'))).text(),
    )?.[1];
  await expect.poll(held).toBe('0');
  aborting.abort();
});

it('takes the address that a proxy says, also where it adds the port', async () => {
  const gateway = await startGateway({ listener: { trustedProxies: 1, authFailuresPerMinute: 1 } });
  const status = async (address: string) =>
    (await post(gateway, QUERY, { authorization: 'Bearer wrong', 'x-forwarded-for': address })).status;
  expect(await status('198.51.100.60:44300')).toBe(401);
  expect(await status('198.51.100.60:55000')).toBe(429);
  expect(await status('198.51.100.60')).toBe(429);
  expect(await status('198.51.100.61:1')).toBe(401);
  expect(await status('[2001:db8::1]:443')).toBe(401);
  expect(await status('[2001:db8::2]')).toBe(429);
  expect(await status('2001:db8::3')).toBe(429);
});
