import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createGatewayClient, type GatewayClient, GatewayError } from '../../src/client/gateway-client.ts';
import { findResumePlace } from '../../src/client/resume-place.ts';
import { makeDataDirectory } from '../support/data-directory.ts';
import { type DebianServer, startPrimary, startStandby } from '../support/debian-postgres.ts';
import { startFaultyNetwork } from '../support/faulty-network.ts';
import { freePort, startGatewayProcess, until } from '../support/gateway-process.ts';

// A primary that ends under load, and a standby that takes its place: asynchronous, so that acknowledged writes are lost, and
// synchronous. `npm run torture -- failover` needs Debian's PostgreSQL 15.

const KEY = 'failover_test_key_failover_test_key';
const LOAD_MS = Number(process.env['FAILOVER_SECONDS'] ?? 3) * 1_000;
/** How long the asynchronous standby gets nothing before the primary ends. */
const CUT_OFF_MS = 1_500;
const WRITERS = 4;

const CREATE = `mutation ($reference: String!) {
  createCustomers(input: { records: [{ reference: $reference, companyName: "Failover", email: "f@example.com" }] }) { succeededCount }
}`;
const WATCH = 'subscription ($after: String) { events(after: $after) { ... on Event { cursor id objectId } } }';
const STATE = `query ($after: String) {
  customers(first: 200, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } streamCursor }
}`;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A dashboard: it reads the state, follows the events after it, and reads the state again when its cursor is refused. */
class Dashboard {
  /** The customers that it shows. */
  known = new Set<string>();
  readonly refusals: string[] = [];
  /** The events that it has seen on the first primary, and the last position. */
  readonly firstIds = new Set<string>();
  lastPosition = 0;
  private readonly client: GatewayClient;
  private readonly ending = new AbortController();
  private readonly ended: Promise<void>;

  constructor(client: GatewayClient) {
    this.client = client;
    this.ended = this.follow();
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.ended;
  }

  private async follow(): Promise<void> {
    while (!this.ending.signal.aborted) {
      try {
        const after = await this.read();
        for await (const { events } of this.client.follow<{ events: { cursor: string; id: string; objectId: string } }>(
          WATCH,
          { after },
          this.ending.signal,
        )) {
          this.known.add(events.objectId);
          if (this.refusals.length > 0) continue;
          this.firstIds.add(events.id);
          this.lastPosition = positionOf(events.cursor);
        }
      } catch (error) {
        const code = codeOf(error);
        if (code === 'CURSOR_RESET') this.refusals.push(code);
        else if (code !== 'UNAVAILABLE') throw error;
        await pause(100);
      }
    }
  }

  /** Reads all customers; returns the cursor from before the first of them. */
  private async read(): Promise<string> {
    const ids = new Set<string>();
    let cursor: string | null = null;
    for (let after: string | null = null, isMore = true; isMore; ) {
      const { customers }: { customers: Page } = await this.client.request(STATE, { after });
      cursor ??= customers.streamCursor;
      for (const { id } of customers.nodes) ids.add(id);
      after = customers.pageInfo.endCursor;
      isMore = customers.pageInfo.hasNextPage;
    }
    this.known = ids;
    return cursor ?? '';
  }
}

interface Page {
  readonly nodes: ReadonlyArray<{ readonly id: string }>;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly streamCursor: string;
}

/** The first error of a stream comes as it is, the others as errors of the client. */
function codeOf(error: unknown): string {
  if (error instanceof GatewayError) return error.extensions.code;
  const [first] = Array.isArray(error) ? (error as Array<{ extensions?: { code?: string } }>) : [];
  return first?.extensions?.code ?? 'UNKNOWN';
}

function positionOf(cursor: string): number {
  return Number(
    Buffer.from(cursor.split('.')[0] ?? '', 'base64url')
      .toString()
      .split('.')[1],
  );
}

interface Outcome {
  readonly primary: DebianServer;
  readonly dashboard: Dashboard;
  readonly acknowledged: ReadonlySet<string>;
  readonly output: string;
}

/** Writes and watches while the primary ends, and after the standby has taken its place. */
async function failOver(isSynchronous: boolean): Promise<Outcome> {
  const first = await startPrimary();
  const network = await startFaultyNetwork(first.port);
  const standby = await startStandby(first, network.port);
  if (isSynchronous) {
    await first.sql("ALTER SYSTEM SET synchronous_standby_names = '*'");
    await first.sql('SELECT pg_reload_conf()');
  }
  const port = await freePort();
  const gateway = await startGatewayProcess({
    PORT: String(port),
    DATA_DIR: makeDataDirectory(),
    DATABASE_URL: `postgresql://gateway@127.0.0.1:${first.port},127.0.0.1:${standby.port}/gateway?target_session_attrs=read-write`,
    SECRET: Buffer.alloc(32, 1).toString('base64'),
    DEMO_API_KEY: KEY,
    LOG_LEVEL: 'warn',
    STOP_NOTICE_SECONDS: '0',
  });
  const client = createGatewayClient({
    url: gateway.url,
    apiKey: KEY,
    webSocketImpl: WebSocket,
    findPlace: findResumePlace,
  });
  const dashboard = new Dashboard(client);
  const acknowledged = new Set<string>();
  let [isOver, written] = [false, 0];
  const writers = Array.from({ length: WRITERS }, async (_, writer) => {
    for (let nth = 0; !isOver; nth += 1) {
      const reference = `W${writer}-${nth}`;
      try {
        await client.request(CREATE, { reference });
        acknowledged.add(reference);
        written += 1;
      } catch {
        await pause(50);
      }
    }
  });
  await pause(LOAD_MS);
  if (!isSynchronous) {
    network.mood = 'SILENT';
    await pause(CUT_OFF_MS);
  }
  first.crash();
  network.mood = 'BREAKING';
  standby.promote();
  const before = written;
  await until(() => written > before + 200);
  isOver = true;
  await Promise.all(writers);
  // The dashboard ends with what there is, neither more nor less.
  await expect.poll(() => shownBeside(standby, dashboard)).toEqual({ missing: [], gone: [] });
  await dashboard.stop();
  await client.close();
  expect(await gateway.kill('SIGTERM')).toBe(0);
  return { primary: standby, dashboard, acknowledged, output: gateway.output() };
}

/** What was acknowledged and is not there. */
async function lostOf({ primary, acknowledged }: Outcome): Promise<string[]> {
  const rows = await primary.sql<{ reference: string }>('SELECT reference FROM customer');
  const kept = new Set(rows.map(({ reference }) => reference));
  return [...acknowledged].filter((reference) => !kept.has(reference));
}

async function shownBeside(
  primary: DebianServer,
  dashboard: Dashboard,
): Promise<{ missing: string[]; gone: string[] }> {
  const rows = await primary.sql<{ id: string }>('SELECT id FROM customer');
  const ids = new Set(rows.map(({ id }) => id));
  return {
    missing: [...ids].filter((id) => !dashboard.known.has(id)),
    gone: [...dashboard.known].filter((id) => id.startsWith('cus_') && !ids.has(id)),
  };
}

it('loses nothing in silence when an asynchronous standby takes over: cursors are refused, and dashboards read again', async () => {
  const outcome = await failOver(false);
  // The test is one only if writes were lost.
  expect((await lostOf(outcome)).length).toBeGreaterThan(10);
  expect(outcome.output).toContain('the database has a new timeline');
  expect(outcome.dashboard.refusals.length).toBeGreaterThan(0);
  // The broken twin: a reader that goes on from its last position, whose log would not have been begun anew.
  const { firstIds, lastPosition } = outcome.dashboard;
  const passed = await outcome.primary.sql<{ id: string }>('SELECT id FROM event WHERE position <= $1', [lastPosition]);
  expect(passed.filter(({ id }) => !firstIds.has(id)).length).toBeGreaterThan(10);
});

it('loses nothing that was acknowledged when a synchronous standby takes over', async () => {
  const outcome = await failOver(true);
  expect(await lostOf(outcome)).toEqual([]);
  expect(outcome.dashboard.refusals.length).toBeGreaterThan(0);
});
