import { randomBytes } from 'node:crypto';
import { expect, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { createResumingClient } from '../../src/client/resuming-client.ts';
import { openDatabase, queryable } from '../../src/store/connection/database.ts';
import { freePort, type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { createDatabase } from '../support/harness.ts';
import { type Balancer, startBalancer } from './balancer.ts';
import { type SteadyWrites, writeSteadily } from './steady-writes.ts';

const WATCH = 'subscription ($after: String) { events(after: $after) { ... on Event { cursor id } } }';
const READERS = 3;
const WRITERS = 8;

/** Two nodes on one database behind a balancer, with writes and streams that go on whatever becomes of either. */
export interface TwoNodes {
  readonly nodes: GatewayProcess[];
  readonly balancer: Balancer;
  readonly databaseUrl: string;
  readonly writes: SteadyWrites;
  /** Starts a node on the port of one that has gone, from the sources in `root`, or ours. */
  restart(index: number, root?: string): Promise<void>;
  /** Ends the load. What became of it, and what each reader saw of the log. */
  end(): Promise<{ log: string[]; seen: unknown[][]; lost: string[] }>;
}

export async function startTwoNodes(): Promise<TwoNodes> {
  const { url: databaseUrl, drop } = await createDatabase();
  const database = openDatabase(databaseUrl, { connectionsMax: 2, onError: () => {} });
  const apiKey = randomBytes(32).toString('base64url');
  const secret = randomBytes(32).toString('base64');
  const ports = [await freePort(), await freePort()];
  const start = (index: number, root?: string): Promise<GatewayProcess> =>
    startGatewayProcess(
      {
        PORT: String(ports[index]),
        DATABASE_URL: databaseUrl,
        DATABASE_CONNECTIONS_MAX: '6',
        SECRET: secret,
        DEMO_API_KEY: apiKey,
        LOG_LEVEL: 'error',
        STOP_NOTICE_SECONDS: '1',
        STOP_SPREAD_SECONDS: '0.5',
        COST_BUCKET: '1000000',
      },
      root,
    );
  const nodes = [await start(0), await start(1)];
  const balancer = startBalancer(nodes.map((node) => node.url));
  onTestFinished(async () => {
    balancer.stop();
    for (const node of nodes) await node.kill('SIGKILL');
    await database.close();
    await drop();
  });
  const { cursor, position } = await findEnd(balancer.pick(), apiKey);
  const seen = Array.from({ length: READERS }, () => readOn(balancer, apiKey, cursor));
  const writes = await writeSteadily(balancer.pick, apiKey, { writers: WRITERS });

  async function findEnd(url: string, key: string): Promise<{ cursor: string; position: number }> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
    const body = JSON.stringify({ query: '{ events(first: 0) { streamCursor } }' });
    const { data } = (await (await fetch(url, { method: 'POST', headers, body })).json()) as {
      data: { events: { streamCursor: string } };
    };
    const [head] = await queryable(database).query<{ last: number }>('SELECT last_position AS last FROM event_head');
    return { cursor: data.events.streamCursor, position: head?.last ?? 0 };
  }

  return {
    nodes,
    balancer,
    databaseUrl,
    writes,
    async restart(index, root) {
      nodes[index] = await start(index, root);
      await balancer.untilReady(index);
    },
    async end() {
      await writes.stop();
      const sql = queryable(database);
      await expect.poll(() => sql.query('SELECT 1 FROM event WHERE position IS NULL')).toEqual([]);
      const rows = await sql.query<{ id: string }>('SELECT id FROM event WHERE position > $1 ORDER BY position', [
        position,
      ]);
      const log = rows.map(({ id }) => id);
      await expect.poll(() => seen.map((ids) => ids.length)).toEqual(seen.map(() => log.length));
      const payments = new Set((await sql.query<{ id: string }>('SELECT id FROM payment')).map(({ id }) => id));
      return { log, seen, lost: writes.acknowledged.filter((id) => !payments.has(id)) };
    },
  };
}

/** What a dashboard gets that goes on where it was, at whichever node is there: ids of events, and whatever ends it. */
function readOn(balancer: Balancer, apiKey: string, after: string): unknown[] {
  const seen: unknown[] = [];
  const client = createResumingClient({
    url: () => balancer.pick().replace('http', 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${apiKey}` },
  });
  const stop = client.subscribe<{ events: { id?: string } }>(
    { query: WATCH, variables: { after } },
    {
      next: ({ data }) => seen.push(data?.events.id),
      error: (error) => seen.push(error),
      complete: () => seen.push('end'),
    },
  );
  onTestFinished(stop);
  return seen;
}
