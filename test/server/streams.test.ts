import { SignJWT } from 'jose';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createTokenVerifier } from '../../src/server/identity/token-verifier.ts';
import { untilSequenced, writeEvents } from '../support/events.ts';
import { LISTENER, startGateway } from '../support/harness.ts';
import { open, openSocket, subscribe, typenames, WATCH } from '../support/raw-socket.ts';
import { openSse } from '../support/sse.ts';

it('limits the connections of a key, sockets and streams together', async () => {
  const gateway = await startGateway({ listener: { connections: { perClientMax: 3, perNodeMax: 100 } } });
  const sockets = [await open(gateway), await open(gateway)];
  for (const socket of sockets) await socket.take(1);
  const url = `${gateway.url}/stream?${new URLSearchParams({ query: WATCH })}`;
  const authorization = { authorization: `Bearer ${gateway.apiKey}` };
  const stream = await openSse(url, authorization);
  await stream.take(1);
  expect((await (await open(gateway)).closed).code).toBe(1013);
  const refused = await openSse(url, authorization);
  await refused.ended;
  expect(refused.events.map(({ data }) => data).join('')).toContain('RATE_LIMITED');
  // Another key of the same node has its own.
  const stranger = { ...gateway, ...(await gateway.addMerchant()) };
  await (await open(stranger)).take(1);
  stream.stop();
  sockets[0]?.webSocket.close();
  await sockets[0]?.closed;
  await expect.poll(async () => (await open(gateway)).messages).toHaveLength(1);
});

it('limits the connections of a node', async () => {
  const gateway = await startGateway({ listener: { connections: { perClientMax: 100, perNodeMax: 2 } } });
  await (await open(gateway)).take(1);
  await (await open({ ...gateway, ...(await gateway.addMerchant()) })).take(1);
  expect((await (await open(gateway)).closed).code).toBe(1013);
});

it('limits the subscriptions of a socket, however fast they come', async () => {
  const gateway = await startGateway({ listener: { sockets: { ...LISTENER.sockets, subscriptionsMax: 5 } } });
  const socket = await open(gateway);
  await socket.take(1);
  for (let id = 1; id <= 6; id += 1) subscribe(socket, String(id));
  // Five are ready, the sixth is refused and complete.
  const messages = (await socket.take(8)).slice(1);
  expect(typenames(messages).filter((name) => name === 'StreamReady')).toHaveLength(5);
  expect(JSON.stringify(messages)).toContain('RATE_LIMITED');
  socket.send({ id: '1', type: 'complete' });
  await expect
    .poll(async () => {
      const before = socket.messages.length;
      subscribe(socket, `again${before}`);
      await socket.take(before + 1);
      return typenames(socket.messages.slice(before));
    })
    .toContain('StreamReady');
});

it('closes a socket that sends more messages than it may', async () => {
  const gateway = await startGateway({ listener: { sockets: { ...LISTENER.sockets, messagesPerSecond: 10 } } });
  const socket = await open(gateway);
  await socket.take(1);
  // Fifty at once are allowed, one of which was the first.
  for (let count = 0; count < 49; count += 1) socket.send({ type: 'ping' });
  await socket.take(50);
  for (let count = 0; count < 3; count += 1) socket.send({ type: 'ping' });
  expect((await socket.closed).code).toBe(4429);
});

it('closes a socket on which nothing runs, and none on which something does', async () => {
  const gateway = await startGateway({ listener: { sockets: { ...LISTENER.sockets, pingMs: 50, idleMs: 200 } } });
  const busy = await open(gateway);
  subscribe(busy, '1');
  await busy.take(2);
  const idle = await open(gateway);
  expect((await idle.closed).code).toBe(1001);
  expect(busy.webSocket.readyState).toBe(WebSocket.OPEN);
});

it('cuts a socket whose client is gone without a word', async () => {
  const gateway = await startGateway({ listener: { sockets: { ...LISTENER.sockets, pingMs: 50 } } });
  const silent = await open(gateway, { autoPong: false });
  subscribe(silent, '1');
  const begunAt = Date.now();
  expect((await silent.closed).code).toBe(1006);
  expect(Date.now() - begunAt).toBeLessThan(2_000);
  const answering = await open(gateway);
  await pause(500);
  expect(answering.webSocket.readyState).toBe(WebSocket.OPEN);
});

it('closes the sockets of a revoked key within a second, and says why on their streams; no others', async () => {
  const gateway = await startGateway();
  const stranger = { ...gateway, ...(await gateway.addMerchant()) };
  const [ours, theirs, bare] = [await open(gateway), await open(stranger), await open(gateway)];
  for (const socket of [ours, theirs]) subscribe(socket, '1');
  await Promise.all([ours.take(2), theirs.take(2), bare.take(1)]);
  const revokedAt = Date.now();
  await gateway.sql('UPDATE api_key SET revoked_at = now() WHERE merchant_id = $1', [gateway.merchantId]);
  expect([(await ours.closed).code, (await bare.closed).code]).toEqual([4401, 4401]);
  expect(Date.now() - revokedAt).toBeLessThan(1_000);
  expect(ours.messages.at(-1)?.payload?.data?.events).toEqual({
    __typename: 'StreamEnding',
    reason: 'CREDENTIALS_REVOKED',
  });
  expect(theirs.webSocket.readyState).toBe(WebSocket.OPEN);
});

it('ends a socket with its token, and one behind a proxy with its ticket, and lets neither in again', async () => {
  const secret = Buffer.alloc(32, 7);
  const gateway = await startGateway({
    tokens: (log) => createTokenVerifier({ key: { secret }, issuer: 'issuer', audience: 'us' }, log),
  });
  const endsAt = Math.ceil(Date.now() / 1_000) + 2;
  const token = await new SignJWT({ merchant_id: gateway.merchantId, scope: 'read' })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('someone')
    .setIssuer('issuer')
    .setAudience('us')
    .setExpirationTime(endsAt)
    .sign(secret);
  const socket = await openSocket(gateway, `Bearer ${token}`);
  subscribe(socket, '1');
  await socket.take(2);
  const answer = await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({
      query: 'mutation ($query: String!) { createStreamTicket(input: { query: $query }) { ticket expiresAt } }',
      variables: { query: WATCH },
    }),
  });
  const { data } = (await answer.json()) as { data: { createStreamTicket: { ticket: string; expiresAt: string } } };
  const { ticket, expiresAt } = data.createStreamTicket;
  // The tolerance of five seconds is part of the token's life: else the client would come back with it, again and again.
  expect(Date.parse(expiresAt)).toBe((endsAt + 5) * 1_000);
  const stream = await openSse(`${gateway.url}/stream?${new URLSearchParams({ query: WATCH, ticket })}`);
  await Promise.all([stream.ended, socket.closed]);
  expect(Date.now()).toBeGreaterThanOrEqual((endsAt + 5) * 1_000);
  expect((await socket.closed).code).toBe(4403);
  const again = await openSocket(gateway, `Bearer ${token}`);
  expect(await again.closed).toMatchObject({ code: 4403, reason: expect.stringContaining('TOKEN_EXPIRED') });
  const late = await fetch(`${gateway.url}/stream?${new URLSearchParams({ query: WATCH, ticket })}`);
  expect([late.status, late.headers.get('www-authenticate')]).toEqual([
    401,
    expect.stringContaining('error="invalid_token"'),
  ]);
  for (const text of [JSON.stringify(socket.messages.at(-1)), stream.events.at(-1)?.data ?? '']) {
    expect(text).toContain('CREDENTIALS_EXPIRED');
  }
});

it('takes in nobody any more once it stops, and ends what comes in all the same', async () => {
  const gateway = await startGateway({ listener: { spreadMs: 1_000 } });
  const sockets = await Promise.all(Array.from({ length: 20 }, () => open(gateway)));
  for (const socket of sockets) subscribe(socket, '1');
  await Promise.all(sockets.map((socket) => socket.take(2)));
  const stopped = gateway.node.stop();
  const closedAt = await Promise.all(
    sockets.map(async (socket) => {
      expect((await socket.closed).code).toBe(1012);
      expect(socket.messages.at(-1)?.payload?.data?.events.reason).toBe('SHUTTING_DOWN');
      return Date.now();
    }),
  );
  expect(Math.max(...closedAt) - Math.min(...closedAt)).toBeGreaterThan(200);
  await stopped;
});

it('says at /readyz that it stops, and serves all else meanwhile', async () => {
  const gateway = await startGateway();
  const statusOf = async (path: string) => (await fetch(gateway.url.replace('/graphql', path))).status;
  expect([await statusOf('/livez'), await statusOf('/readyz')]).toEqual([200, 200]);
  const client = await gateway.node.app.database.pool.connect();
  client.release();
  gateway.node.announceStop();
  expect([await statusOf('/livez'), await statusOf('/readyz')]).toEqual([200, 503]);
  const socket = await open(gateway);
  subscribe(socket, '1');
  await socket.take(2);
  await writeEvents(gateway, 1);
  await untilSequenced(gateway);
  expect(typenames(await socket.take(3)).slice(1)).toEqual(['StreamReady', 'Event']);
});

it('keeps nothing of streams that have ended', async () => {
  const gateway = await startGateway();
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  const sockets = await Promise.all(Array.from({ length: 50 }, () => open(gateway)));
  for (const socket of sockets) subscribe(socket, '1');
  await Promise.all(sockets.map((socket) => socket.take(2)));
  expect(timers()).toBeGreaterThan(before + 40);
  for (const socket of sockets) socket.webSocket.terminate();
  await expect.poll(timers).toBeLessThan(before + 20);
});

function pause(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
