import { randomBytes } from 'node:crypto';
import { ApolloClient, ApolloLink, gql, InMemoryCache } from '@apollo/client/core';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { createClient as createUrqlClient, subscriptionExchange } from '@urql/core';
import { EventSource } from 'eventsource';
import { createClient } from 'graphql-ws';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { createResumingClient } from '../../src/client/resuming-client.ts';
import { openDatabase, queryable } from '../../src/store/connection/database.ts';
import { oneTimeDebitOrder } from '../support/examples.ts';
import { freePort, type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { createDatabase } from '../support/harness.ts';
import { createRandom, pause } from './random.ts';

// A gateway that is killed and started again under load, and the clients that people use: each ends with exactly the log. Short by
// default; `npm run torture -- clients` kills ten times.
const KILLS = Number(process.env['CLIENT_KILLS'] ?? 2);
const seed = Number(process.env['TORTURE_SEED'] ?? Date.now() % 1_000_000);

const WATCH = `subscription Watch($after: String) {
  events(after: $after, control: true) {
    __typename
    ... on Event { cursor id object { id } }
    ... on StreamReady { cursor }
    ... on StreamHeartbeat { cursor }
  }
}`;

interface Seen {
  readonly ids: string[];
  readonly failures: unknown[];
}
type Item = { readonly __typename: string; readonly id?: string };
type Watch = (listener: { url: string; apiKey: string; after: string; seen: Seen }) => Promise<() => void>;

function take(seen: Seen, item: Item | undefined): void {
  if (item?.__typename === 'Event') seen.ids.push(item.id ?? '');
}

const graphqlWs = ({ url, apiKey }: { url: string; apiKey: string }) =>
  createResumingClient({
    url: url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${apiKey}` },
  });

/** What the stock client does without the helper: it asks for the same again each time it comes back. */
const withoutHelper: Watch = async ({ url, apiKey, after, seen }) =>
  createClient({
    url: url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${apiKey}` },
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: () => pause(300),
  }).subscribe(
    { query: WATCH, variables: { after } },
    { next: ({ data }) => take(seen, data?.['events'] as Item | undefined), error: () => {}, complete: () => {} },
  );

const CLIENTS: Readonly<Record<string, Watch>> = {
  async 'graphql-ws with the helper'({ seen, after, ...listener }) {
    return graphqlWs(listener).subscribe(
      { query: WATCH, variables: { after } },
      {
        next: ({ data }) => take(seen, data?.['events'] as Item | undefined),
        error: (error) => seen.failures.push(error),
        complete: () => seen.failures.push('complete'),
      },
    );
  },
  async urql({ seen, after, ...listener }) {
    const socket = graphqlWs(listener);
    const client = createUrqlClient({
      url: listener.url,
      exchanges: [
        subscriptionExchange({
          forwardSubscription: (request) => ({
            subscribe: (sink) => ({
              unsubscribe: socket.subscribe({ ...request, query: request.query ?? '' }, sink as never),
            }),
          }),
        }),
      ],
    });
    const { unsubscribe } = client.subscription<{ events: Item }>(WATCH, { after }).subscribe(({ data, error }) => {
      if (error) seen.failures.push(error);
      else take(seen, data?.events);
    });
    return unsubscribe;
  },
  async Apollo({ seen, after, ...listener }) {
    const link = ApolloLink.from([new GraphQLWsLink(graphqlWs(listener))]);
    const client = new ApolloClient({ link, cache: new InMemoryCache() });
    const results = client.subscribe<{ events: Item }>({
      query: gql(WATCH),
      variables: { after },
      fetchPolicy: 'no-cache',
    });
    const subscription = results.subscribe({
      next: ({ data, error }) => (error ? seen.failures.push(error) : take(seen, data?.events)),
      error: (error: unknown) => seen.failures.push(error),
    });
    return () => subscription.unsubscribe();
  },
  async 'a bare EventSource'({ url, apiKey, seen, after }) {
    const { createStreamTicket } = await post<{ createStreamTicket: { ticket: string } }>(
      { url, apiKey },
      'mutation ($query: String!) { createStreamTicket(input: { query: $query }) { ticket } }',
      { query: WATCH },
    );
    const parameters = { query: WATCH, variables: JSON.stringify({ after }), ticket: createStreamTicket.ticket };
    const source = new EventSource(`${url}/stream?${new URLSearchParams(parameters)}`);
    source.addEventListener('next', ({ data }) => {
      const result = JSON.parse(data) as { data?: { events: Item }; errors?: unknown };
      if (result.errors) seen.failures.push(result.errors);
      else take(seen, result.data?.events);
    });
    source.addEventListener('complete', () => seen.failures.push('complete'));
    source.addEventListener('error', () => source.readyState === source.CLOSED && seen.failures.push('closed'));
    return () => source.close();
  },
};

it(`shows four clients exactly the log over ${KILLS} kills under load (seed ${seed})`, {
  timeout: KILLS * 15_000 + 900_000,
}, async () => {
  const random = createRandom(seed);
  const { url: databaseUrl, drop } = await createDatabase();
  const database = openDatabase(databaseUrl, { connectionsMax: 2, onError: () => {} });
  const apiKey = randomBytes(32).toString('base64url');
  const env = {
    PORT: String(await freePort()),
    DATABASE_URL: databaseUrl,
    DATABASE_CONNECTIONS_MAX: '8',
    SECRET: randomBytes(32).toString('base64'),
    DEMO_API_KEY: apiKey,
    LOG_LEVEL: 'error',
  };
  let node: GatewayProcess = await startGatewayProcess(env);
  const listener = { url: node.url, apiKey };
  const { events } = await post<{ events: { streamCursor: string } }>(
    listener,
    '{ events(first: 0) { streamCursor } }',
  );
  const watching = await Promise.all(
    Object.entries(CLIENTS).map(async ([name, watch]) => {
      const seen: Seen = { ids: [], failures: [] };
      const stop = await watch({ ...listener, after: events.streamCursor, seen });
      onTestFinished(stop);
      return { name, seen };
    }),
  );
  const twin: Seen = { ids: [], failures: [] };
  onTestFinished(await withoutHelper({ ...listener, after: events.streamCursor, seen: twin }));
  const [floor] = await queryable(database).query<{ last: number }>('SELECT last_position AS last FROM event_head');

  const load = new AbortController();
  const eft = await findMethod(listener); // before anything is killed
  const loading = Promise.all([0, 1, 2, 3].map((writer) => submit(listener, eft, writer, load.signal)));
  for (let kill = 0; kill < KILLS; kill += 1) {
    await pause(1_000 + random.below(1_500));
    // What was seen before the first kill is what comes again.
    await expect.poll(() => twin.ids.length).toBeGreaterThan(0);
    await node.kill('SIGKILL');
    node = await startGatewayProcess(env);
  }
  await pause(1_000);
  load.abort();
  await loading;
  const numbered = 'SELECT count(*) AS count FROM event WHERE position IS NULL';
  await expect.poll(() => queryable(database).query(numbered)).toEqual([{ count: 0 }]);
  const log = await queryable(database).query<{ id: string }>(
    'SELECT id FROM event WHERE position > $1 ORDER BY position',
    [floor?.last],
  );
  const counts = () => watching.map(({ name, seen }) => [name, seen.ids.length, ...seen.failures]);
  const all = watching.map(({ name }) => [name, log.length]);
  await expect.poll(counts).toEqual(all);
  console.log(counts(), { withoutHelper: twin.ids.length });
  for (const { name, seen } of watching) {
    expect([name, seen.ids]).toEqual([name, log.map(({ id }) => id)]);
  }
  expect(log.length).toBeGreaterThan(KILLS * 10);
  // Were the cursor not moved along, each kill would bring everything again.
  const repeated = () => twin.ids.length - new Set(twin.ids).size;
  await expect.poll(repeated).toBeGreaterThan(0);
  await node.kill('SIGKILL');
  await database.close();
  await drop();
});

async function findMethod(listener: { url: string; apiKey: string }): Promise<string> {
  const Methods = '{ paymentMethods { nodes { id type } } }';
  const { paymentMethods } = await post<{ paymentMethods: { nodes: Array<{ id: string; type: string }> } }>(
    listener,
    Methods,
  );
  return paymentMethods.nodes.find(({ type }) => type === 'DEBIT_ORDER')?.id ?? '';
}

/** Submits payments until it is told to stop; what a dead gateway did not answer is no matter here. */
async function submit(
  listener: { url: string; apiKey: string },
  eft: string,
  writer: number,
  signal: AbortSignal,
): Promise<void> {
  const processDate = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
  for (let turn = 0; !signal.aborted; turn += 1) {
    const records = [0, 1].map((index) => oneTimeDebitOrder(eft, `${writer}-${turn}-${index}`, processDate));
    const Submit = 'mutation ($input: SubmitPaymentsInput!) { submitPayments(input: $input) { results { outcome } } }';
    await post(listener, Submit, { input: { records } }).catch(() => pause(100));
  }
}

async function post<Data>(
  { url, apiKey }: { url: string; apiKey: string },
  query: string,
  variables: object = {},
): Promise<Data> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}
