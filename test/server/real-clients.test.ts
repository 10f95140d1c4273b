import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, request as forward, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { type AddressInfo, connect, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { join } from 'node:path';
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client/core';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { fetchEventSource } from '@microsoft/fetch-event-source';
import { EventSource } from 'eventsource';
import { expect, it, onTestFinished } from 'vitest';
import { createStreamTicket } from '../../src/services/access/stream-ticket.ts';
import { untilSequenced, writeEvents } from '../support/events.ts';
import { startGateway, type TestGateway } from '../support/harness.ts';
import { openSse } from '../support/sse.ts';

// The clients and proxies that people put before a gateway, as they come from npm.

const compression = createRequire(import.meta.url)('compression') as () => (
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
) => void;

const EVENTS = 'subscription { events { ... on Event { id } } }';
const bearer = ({ apiKey }: TestGateway) => ({ authorization: `Bearer ${apiKey}` });

it('serves Apollo Client 4 with client awareness and persisted queries', async () => {
  const gateway = await startGateway();
  const sent: Array<Record<string, unknown>> = [];
  const headers: Headers[] = [];
  const link = ApolloLink.from([
    new PersistedQueryLink({ sha256: (text) => createHash('sha256').update(text).digest('hex') }),
    new HttpLink({
      uri: gateway.url,
      headers: bearer(gateway),
      fetch: (url, init) => {
        sent.push(JSON.parse(String(init?.body)) as Record<string, unknown>);
        headers.push(new Headers(init?.headers));
        return fetch(url as string, init);
      },
    }),
  ]);
  const client = new ApolloClient({
    link,
    cache: new InMemoryCache(),
    clientAwareness: { name: 'dashboard', version: '1.0' },
  });
  const query = gql`
    query Named {
      merchant {
        id
      }
    }
  `;
  for (let turn = 0; turn < 2; turn += 1) {
    const { data } = await client.query({ query, fetchPolicy: 'network-only' });
    expect(data).toMatchObject({ merchant: { id: gateway.merchantId } });
  }
  expect(headers[0]?.get('apollographql-client-name')).toBe('dashboard');
  // The hash alone first, then the document; from then on the document at once, for the server says that it keeps none.
  expect(sent.map((body) => 'query' in body)).toEqual([false, true, true]);
});

it('loses nothing to npm eventsource or fetch-event-source when the connection is cut before the first event', async () => {
  const gateway = await startGateway();
  const url = (origin: string) => `${origin}/graphql/stream?${new URLSearchParams({ query: EVENTS })}`;
  const cutting = await startCuttingProxy(gateway);
  const bySource: string[] = [];
  const source = new EventSource(url(cutting.origin), {
    fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, ...bearer(gateway) } }),
  });
  onTestFinished(() => source.close());
  source.addEventListener('next', ({ data }) => bySource.push(idIn(data)));
  const byFetch: string[] = [];
  const aborting = new AbortController();
  onTestFinished(() => aborting.abort());
  // The library is for browsers: it looks for their timers and their page.
  const nothing = () => {};
  Object.assign(globalThis, {
    window: globalThis,
    document: { addEventListener: nothing, removeEventListener: nothing },
  });
  void fetchEventSource(url(cutting.origin), {
    headers: bearer(gateway),
    signal: aborting.signal,
    openWhenHidden: true,
    onmessage: ({ event, data }) => void (event === 'next' && byFetch.push(idIn(data))),
  });
  await expect.poll(() => cutting.placed()).toBe(2);
  await cutting.cut();
  await writeEvents(gateway, 3);
  await untilSequenced(gateway);
  await cutting.mend();
  await expect.poll(() => [bySource.length, byFetch.length]).toEqual([3, 3]);
  expect(bySource).toEqual(['evt_pay_1', 'evt_pay_2', 'evt_pay_3']);
  expect(byFetch).toEqual(bySource);
});

it('outlives the end of its ticket with the lines that the user guide has for a page', async () => {
  const gateway = await startGateway();
  const guide = readFileSync(join(import.meta.dirname, '../../docs/guide.md'), 'utf8');
  const snippet = guide.match(/```js\n([\s\S]*?)```/g)?.find((block) => block.includes('EventSource')) ?? '';
  const code = snippet.replace(/^```js\n|```$/g, '');
  const origin = new URL(gateway.url).origin;
  class PageSource extends EventSource {
    constructor(path: string) {
      super(`${origin}${path}`);
      sources.push(this);
    }
  }
  const sources: EventSource[] = [];
  onTestFinished(() => {
    for (const source of sources) source.close();
  });
  const { app } = gateway.node;
  const [key] = await gateway.sql<{ id: string }>('SELECT id FROM api_key');
  let tickets = 0;
  /** The first one is over in a moment, as any is after its hours. */
  const newTicket = async (query: string): Promise<string> => {
    tickets += 1;
    const expiresAt = tickets === 1 ? new Date(Date.now() + 6_000) : null;
    const caller = {
      merchantId: gateway.merchantId,
      clientId: key?.id ?? '',
      scopes: new Set(['read'] as const),
      expiresAt,
    };
    return createStreamTicket(app, { ...caller, requestId: 'req' }, query).ticket;
  };
  const shown: string[] = [];
  const show = ({ data }: { data: { events: { id: string } } }) => shown.push(data.events.id);
  const query = 'subscription ($after: String) { events(after: $after) { ... on Event { id } } }';
  new Function('EventSource', 'query', 'newTicket', 'show', code)(PageSource, query, newTicket, show);
  await expect.poll(() => sources[0]?.readyState).toBe(EventSource.OPEN);
  for (const count of [2, 5, 9]) {
    await writeEvents(gateway, count - shown.length, { name: `to${count}` });
    await untilSequenced(gateway);
    await expect.poll(() => shown.length).toBe(count);
    if (count === 2) await expect.poll(() => tickets).toBe(2);
  }
  expect(tickets).toBe(2);
  expect(new Set(shown).size).toBe(9);
});

it('delivers events at once through a proxy that compresses', async () => {
  const gateway = await startGateway();
  const target = new URL(gateway.url);
  const compress = compression();
  const proxy = createServer((request, response) => {
    compress(request, response, () => {
      const onward = forward(
        {
          host: target.hostname,
          port: target.port,
          path: request.url,
          method: request.method,
          headers: request.headers,
        },
        (answer) => {
          response.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(response);
        },
      );
      request.pipe(onward);
    });
  });
  const { port } = await listen(proxy);
  const stream = await openSse(`http://127.0.0.1:${port}/graphql/stream?${new URLSearchParams({ query: EVENTS })}`, {
    ...bearer(gateway),
    'accept-encoding': 'gzip',
  });
  await expect.poll(() => stream.lastId()).not.toBe('');
  await writeEvents(gateway, 1);
  expect((await stream.take(1))[0]?.data).toContain('evt_pay_1');
  stream.stop();
});

const idIn = (data: string): string => (JSON.parse(data) as { data: { events: { id: string } } }).data.events.id;

async function listen(server: Server | TcpServer): Promise<{ port: number }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port };
}

/** A proxy that cuts its connections, and lets none through until it is mended. */
async function startCuttingProxy(gateway: TestGateway) {
  const port = Number(new URL(gateway.url).port);
  const open = new Set<() => void>();
  let isCut = false;
  let placed = 0;
  const proxy = createTcpServer((client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const server = connect(port, '127.0.0.1');
    const end = (): void => {
      client.destroy();
      server.destroy();
      open.delete(end);
    };
    open.add(end);
    for (const socket of [client, server]) socket.on('error', end).on('close', end);
    client.pipe(server);
    server.on('data', (chunk) => {
      if (String(chunk).includes('event: ready')) placed += 1;
      client.write(chunk);
    });
  });
  const { port: own } = await listen(proxy);
  return {
    origin: `http://127.0.0.1:${own}`,
    placed: () => placed,
    async cut() {
      isCut = true;
      for (const end of open) end();
    },
    async mend() {
      isCut = false;
    },
  };
}
