import { randomBytes } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { createResumingClient } from '../../src/client/resuming-client.ts';
import { openDatabase, queryable } from '../../src/store/database.ts';
import { oneTimeDebitOrder } from '../support/examples.ts';
import { freePort, type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { createDatabase } from '../support/harness.ts';
import { createRandom, pause } from './random.ts';

// Two nodes behind what a load balancer does: requests go where /readyz says that they may. One after the other is told to stop, as
// a deploy does it, under load. Short by default; `npm run torture:sigterm` stops fifty times.
const STOPS = Number(process.env['SIGTERMS'] ?? 3);
const WRITERS = 8;
const POLL_MS = 100;
const seed = Number(process.env['TORTURE_SEED'] ?? Date.now() % 1_000_000);
const SUBMIT =
  'mutation ($input: SubmitPaymentsInput!) { submitPayments(input: $input) { results { outcome payment { id } } } }';
const WATCH = 'subscription ($after: String) { events(after: $after) { ... on Event { cursor id } } }';

it(`fails no request and leaves no gap in a stream over ${STOPS} stops of one of two nodes (seed ${seed})`, {
  timeout: STOPS * 20_000 + 60_000,
}, async () => {
  const random = createRandom(seed);
  const { url: databaseUrl, drop } = await createDatabase();
  const database = openDatabase(databaseUrl, { connectionsMax: 2, onError: () => {} });
  const apiKey = randomBytes(32).toString('base64url');
  const secret = randomBytes(32).toString('base64');
  const ports = [await freePort(), await freePort()];
  const start = (index: number): Promise<GatewayProcess> =>
    startGatewayProcess({
      PORT: String(ports[index]),
      DATABASE_URL: databaseUrl,
      DATABASE_CONNECTIONS_MAX: '6',
      SECRET: secret,
      DEMO_API_KEY: apiKey,
      LOG_LEVEL: 'error',
      STOP_NOTICE_SECONDS: '1',
      STOP_SPREAD_SECONDS: '0.5',
      COST_BUCKET: '1000000',
    });
  const nodes = [await start(0), await start(1)];
  const balancer = startBalancer(nodes.map((node) => node.url));
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` };
  const post = async <Data>(query: string, variables: object = {}): Promise<Data> => {
    const response = await fetch(balancer.pick(), {
      method: 'POST',
      headers,
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
    if (errors) throw new Error(`${response.status} ${JSON.stringify(errors)}`);
    return data;
  };
  const { events } = await post<{ events: { streamCursor: string } }>('{ events(first: 0) { streamCursor } }');
  const [floor] = await queryable(database).query<{ last: number }>('SELECT last_position AS last FROM event_head');
  const seen = [0, 1, 2].map((): unknown[] => []);
  for (const ids of seen) {
    const client = createResumingClient({
      url: () => balancer.pick().replace('http', 'ws'),
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${apiKey}` },
    });
    const stop = client.subscribe<{ events: { id?: string } }>(
      { query: WATCH, variables: { after: events.streamCursor } },
      {
        next: ({ data }) => ids.push(data?.events.id),
        error: (error) => ids.push(error),
        complete: () => ids.push('end'),
      },
    );
    onTestFinished(stop);
  }

  const { paymentMethods } = await post<{ paymentMethods: { nodes: Array<{ id: string; type: string }> } }>(
    '{ paymentMethods { nodes { id type } } }',
  );
  const eft = paymentMethods.nodes.find(({ type }) => type === 'DEBIT_ORDER')?.id ?? '';
  const processDate = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
  let isOver = false;
  let answered = 0;
  const failures: string[] = [];
  const writers = Array.from({ length: WRITERS }, async (_, writer) => {
    for (let turn = 0; !isOver; turn += 1) {
      const records = [oneTimeDebitOrder(eft, `${writer}-${turn}`, processDate)];
      await post(SUBMIT, { input: { records } }).then(
        () => {
          answered += 1;
        },
        (error: unknown) => failures.push(String(error)),
      );
      await pause(20);
    }
  });
  const exits: Array<number | null> = [];
  for (let count = 0; count < STOPS; count += 1) {
    await pause(500 + random.below(1_000));
    const index = count % 2;
    exits.push((await nodes[index]?.kill('SIGTERM')) ?? null);
    nodes[index] = await start(index);
    await balancer.untilReady(index);
  }
  isOver = true;
  await Promise.all(writers);
  await expect
    .poll(() => queryable(database).query('SELECT 1 FROM event WHERE position IS NULL'), { timeout: 10_000 })
    .toEqual([]);
  const log = await queryable(database).query<{ id: string }>(
    'SELECT id FROM event WHERE position > $1 ORDER BY position',
    [floor?.last],
  );
  await expect.poll(() => seen.map((ids) => ids.length), { timeout: 30_000 }).toEqual(seen.map(() => log.length));
  console.log({ stops: exits.length, answered, failures: failures.length, events: log.length });
  expect(failures).toEqual([]);
  expect(exits).toEqual(exits.map(() => 0));
  for (const ids of seen) expect(ids).toEqual(log.map(({ id }) => id));
  expect(answered).toBeGreaterThan(STOPS * 10);
  balancer.stop();
  for (const node of nodes) await node.kill('SIGKILL');
  await database.close();
  await drop();
});

/** Knows by asking which nodes may be sent to, and sends to them in turn. */
function startBalancer(urls: readonly string[]) {
  const ready = urls.map(() => true);
  let turn = 0;
  const look = async (index: number): Promise<void> => {
    const address = urls[index]?.replace('/graphql', '/readyz') ?? '';
    ready[index] = await fetch(address).then(
      ({ status }) => status === 200,
      () => false,
    );
  };
  const timer = setInterval(() => void urls.map((_, index) => look(index)), POLL_MS);
  return {
    pick(): string {
      for (let tries = 0; tries < urls.length; tries += 1) {
        turn = (turn + 1) % urls.length;
        if (ready[turn]) return urls[turn] ?? '';
      }
      return urls[turn] ?? '';
    },
    async untilReady(index: number): Promise<void> {
      while (!ready[index]) await pause(POLL_MS);
    },
    stop: () => clearInterval(timer),
  };
}
