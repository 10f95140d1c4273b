import { request } from 'node:http';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { newApiKey } from '../../src/services/access/api-key.ts';
import { startGateway, type TestGateway } from '../support/harness.ts';

const APP = 'https://app.example.com';

/** A request with headers that fetch does not let one set. */
function ask(gateway: TestGateway, method: string, headers: Record<string, string>, path = '/graphql', body = '') {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
    const asked = request(new URL(path, gateway.url), { method, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += String(chunk);
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

const QUERY = '{"query":"{ merchant { name } }"}';

it('takes requests of its own pages and of named origins, and tells only those that they may read', async () => {
  const gateway = await startGateway({ listener: { corsOrigins: [APP] } });
  const own = new URL(gateway.url).origin;
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${gateway.apiKey}` };
  const from = (origin: string) => ask(gateway, 'POST', { ...headers, origin }, '/graphql', QUERY);
  expect(await ask(gateway, 'POST', headers, '/graphql', QUERY)).toMatchObject({ status: 200 });
  const ours = await from(own);
  expect([ours.status, ours.headers['access-control-allow-origin']]).toEqual([200, undefined]);
  const named = await from(APP);
  expect([named.status, named.headers['access-control-allow-origin'], named.headers['vary']]).toEqual([
    200,
    APP,
    'origin',
  ]);
  for (const origin of ['https://evil.example', 'null', `${APP}.evil.example`, 'http://app.example.com', '', 'x']) {
    if (origin === '') continue;
    const refused = await from(origin);
    expect([origin, refused.status, refused.headers['access-control-allow-origin']]).toEqual([origin, 403, undefined]);
    expect(refused.text).toContain('FORBIDDEN');
    const stream = await ask(gateway, 'GET', { ...headers, origin }, '/graphql/stream?query=%7B__typename%7D');
    expect([origin, stream.status]).toEqual([origin, 403]);
  }
});

it('answers preflights of named origins alone', async () => {
  const gateway = await startGateway({ listener: { corsOrigins: [APP] } });
  const asked = 'authorization,content-type';
  const preflight = (origin: string) =>
    ask(gateway, 'OPTIONS', {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': asked,
    });
  const allowed = await preflight(APP);
  expect([allowed.status, allowed.headers['access-control-allow-headers']]).toEqual([204, asked]);
  expect((await preflight('https://evil.example')).status).toBe(403);
});

it('lets no page of a foreign origin open a socket', async () => {
  const gateway = await startGateway({ listener: { corsOrigins: [APP] } });
  const url = gateway.url.replace('http', 'ws');
  const outcome = (origin?: string) =>
    new Promise((resolve) => {
      const socket = new WebSocket(url, 'graphql-transport-ws', origin === undefined ? {} : { origin });
      socket.on('open', () => resolve(socket.close()));
      socket.on('error', (error) => resolve(error.message));
    });
  expect(await outcome()).toBeUndefined();
  expect(await outcome(APP)).toBeUndefined();
  expect(await outcome(new URL(gateway.url).origin)).toBeUndefined();
  expect(await outcome('https://evil.example')).toContain('403');
});

it('limits what fails from an address, over every transport, and never good credentials from there', async () => {
  const gateway = await startGateway({ listener: { authFailuresPerMinute: 5, trustedProxies: 1 } });
  const from = (address: string, apiKey: string) =>
    ask(
      gateway,
      'POST',
      {
        'content-type': 'application/json',
        authorization: `Bearer ${apiKey}`,
        'x-forwarded-for': `6.6.6.6, ${address}`,
      },
      '/graphql',
      QUERY,
    );
  const { apiKey } = await gateway.addMerchant();
  expect((await from('1.1.1.1', apiKey)).status).toBe(200);
  for (let count = 0; count < 5; count += 1) expect((await from('1.1.1.1', 'wrong')).status).toBe(401);
  const refused = await from('1.1.1.1', 'wrong');
  expect([refused.status, refused.headers['retry-after']]).toEqual([429, '12']);
  // Good credentials are never refused for the faults of others behind the same address, though this node has never seen them.
  expect((await from('1.1.1.1', apiKey)).status).toBe(200);
  expect((await from('1.1.1.1', gateway.apiKey)).status).toBe(200);
  expect((await from('2.2.2.2', gateway.apiKey)).status).toBe(200);
  // At once, too: those that come in one moment cost few statements, and a good one among them is served.
  const client = await gateway.node.app.database.pool.connect();
  await client.query('BEGIN; LOCK TABLE api_key');
  const coming = Array.from({ length: 120 }, () => from('3.3.3.3', newApiKey('SANDBOX')));
  const good = from('3.3.3.3', gateway.apiKey);
  await new Promise((resolve) => setTimeout(resolve, 500));
  await client.query('ROLLBACK');
  client.release();
  expect((await good).status).toBe(200);
  const statuses = (await Promise.all(coming)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(5);
  expect(statuses.filter((status) => status === 429)).toHaveLength(115);
  // Tickets are credentials too; a network of IPv6 is one address.
  for (let count = 0; count < 5; count += 1) {
    const stream = `/graphql/stream?${new URLSearchParams({ query: 'subscription { events { __typename } }', ticket: 'x.y' })}`;
    const headers = { 'x-forwarded-for': `2001:db8:0:1::${count}` };
    expect((await ask(gateway, 'GET', headers, stream)).status).toBe(401);
  }
  expect((await from('2001:db8:0:1:ffff::1', 'wrong')).status).toBe(429);
  const code = await new Promise((resolve) => {
    const socket = new WebSocket(gateway.url.replace('http', 'ws'), 'graphql-transport-ws', {
      headers: { 'x-forwarded-for': '1.1.1.1' },
    });
    socket.on('open', () => socket.send('{"type":"connection_init","payload":{"authorization":"Bearer wrong"}}'));
    socket.on('close', resolve);
  });
  expect(code).toBe(1013);
});

it('lets in all who come at once with good credentials by one address, as after a restart, whether the same or each their own', async () => {
  const gateway = await startGateway({ listener: { authFailuresPerMinute: 5 } });
  const own = await Promise.all(Array.from({ length: 100 }, () => gateway.addMerchant()));
  const keys = [...own.map(({ apiKey }) => apiKey), ...Array.from({ length: 100 }, () => gateway.apiKey)];
  const greeted = await Promise.all(
    keys.map(
      (apiKey) =>
        new Promise((resolve) => {
          const socket = new WebSocket(gateway.url.replace('http', 'ws'), 'graphql-transport-ws');
          socket.on('open', () =>
            socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${apiKey}` } })),
          );
          socket.on('close', resolve);
          socket.on('message', (data) => {
            resolve(String(data));
            socket.terminate();
          });
        }),
    ),
  );
  expect(new Set(greeted)).toEqual(new Set(['{"type":"connection_ack"}']));
});
