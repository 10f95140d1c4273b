import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Stream } from '../../src/graphql/stream.ts';
import type { Sink } from '../../src/server/streams/frame.ts';
import { createHub } from '../../src/server/streams/hub.ts';
import { type Database, openDatabase, queryable } from '../../src/store/database.ts';
import { deriveSecrets } from '../../src/store/secrets.ts';
import { followLogs } from '../../src/stream/follow-logs.ts';
import { startSequencer } from '../../src/stream/sequencer.ts';
import { createRandom, pause } from './random.ts';

// The sequencer under torture: writers whose transactions commit out of order, late or never, three nodes that number events,
// one of which loses its connections all the time, and readers that hop between nodes with their last position.
// A naive reader runs along: if it loses nothing, the torture was too weak and the run is void.

export interface TortureOptions {
  readonly url: string;
  readonly seconds: number;
  readonly seed: number;
}

export interface TortureResult {
  readonly committed: number;
  readonly rolledBack: number;
  readonly missed: number;
  readonly duplicates: number;
  readonly outOfOrder: number;
  readonly gaps: number;
  readonly versionsOutOfOrder: number;
  readonly hops: number;
  readonly terminated: number;
  readonly missedByNaiveReader: number;
}

const MERCHANTS = 10;
const AGGREGATES = 40;
const WRITERS = 32;
const NODES = 3;

export async function tortureSequencer({ url, seconds, seed }: TortureOptions): Promise<TortureResult> {
  const merchants = await prepare(url);
  const nodes = Array.from({ length: NODES }, () => openNode(url));
  const deadline = Date.now() + seconds * 1_000;
  const isOver = (): boolean => Date.now() > deadline;
  const counts = { committed: 0, rolledBack: 0, hops: 0, terminated: 0 };
  const reading = new AbortController();
  const readers = merchants.map((merchantId, index) =>
    readWhileHopping(nodes, merchantId, seed + index, counts, reading.signal),
  );
  const naive = merchants.map((merchantId) => readNaively(url, merchantId, reading.signal));
  const writers = Array.from({ length: WRITERS }, (_, index) =>
    write(url, merchants, seed * 1_000 + index, isOver, counts),
  );
  await Promise.all([...writers, breakNode(nodes[0], url, isOver, counts)]);
  await untilSequenced(url);
  await pause(1_000); // the readers take the last ones in
  reading.abort();
  const read = await Promise.all(readers);
  const readByNaive = await Promise.all(naive);
  const result = { ...counts, ...(await judge(url, merchants, read, readByNaive)) };
  for (const node of nodes) await node.stop();
  return result;
}

function openNode(url: string) {
  const database = openDatabase(url, { connectionsMax: 4, onError: () => {} });
  const sequencer = startSequencer(database, () => {});
  const follower = followLogs(database, () => {});
  return {
    database,
    hub: createHub(follower, deriveSecrets(randomBytes(32)), () => {}),
    async stop() {
      await follower.stop();
      await sequencer.stop();
      await database.close();
    },
  };
}
type TortureNode = ReturnType<typeof openNode>;

async function prepare(url: string): Promise<string[]> {
  const client = await connect(url);
  const merchants = Array.from({ length: MERCHANTS }, (_, index) => `mer_torture${index}`);
  await client.query(
    'CREATE TABLE torture_aggregate (merchant_id text, id text, version int, PRIMARY KEY (merchant_id, id))',
  );
  for (const merchantId of merchants) {
    await client.query("INSERT INTO event_head VALUES ($1, 'epoch', 0)", [merchantId]);
    await client.query("INSERT INTO torture_aggregate SELECT $1, 'pay_' || n, 0 FROM generate_series(1, $2) AS n", [
      merchantId,
      AGGREGATES,
    ]);
  }
  await client.end();
  return merchants;
}

/** One writer: a transaction changes one to three objects in the order of their ids, sleeps with its events in hand, and ends. */
async function write(
  url: string,
  merchants: readonly string[],
  seed: number,
  isOver: () => boolean,
  counts: { committed: number; rolledBack: number },
): Promise<void> {
  const random = createRandom(seed);
  const client = await connect(url);
  while (!isOver()) {
    const merchantId = merchants[random.below(merchants.length)] ?? '';
    await client.query('BEGIN');
    if (random.chance(0.5)) await client.query('SELECT txid_current()');
    const wanted = Array.from({ length: 1 + random.below(3) }, () => `pay_${1 + random.below(AGGREGATES)}`);
    const ids = [...new Set(wanted)].sort();
    for (const id of ids) {
      const { rows } = await client.query<{ version: number }>(
        'UPDATE torture_aggregate SET version = version + 1 WHERE merchant_id = $1 AND id = $2 RETURNING version',
        [merchantId, id],
      );
      await client.query(
        `INSERT INTO event (id, merchant_id, aggregate_type, aggregate_id, version, type, to_status, actor, occurred_at)
         VALUES (gen_random_uuid()::text, $1, 'PAYMENT', $2, $3, 'payment.updated', 'RUNNING', 'API', now())`,
        [merchantId, id, rows[0]?.version],
      );
      await pause(random.below(8));
    }
    await pause(random.chance(0.05) ? 200 + random.below(800) : random.below(15));
    const rollsBack = random.chance(0.1);
    await client.query(rollsBack ? 'ROLLBACK' : 'COMMIT');
    if (rollsBack) counts.rolledBack += ids.length;
    else counts.committed += ids.length;
  }
  await client.end();
}

/** Takes the connections of one node away, its sequencer's among them, twice a second. */
async function breakNode(
  node: TortureNode | undefined,
  url: string,
  isOver: () => boolean,
  counts: { terminated: number },
): Promise<void> {
  const client = await connect(url);
  while (!isOver()) {
    await pause(500);
    for (const inUse of node?.database.pool ? await processIds(node.database) : []) {
      await client.query('SELECT pg_terminate_backend($1)', [inUse]);
      counts.terminated += 1;
    }
  }
  await client.end();
}

async function processIds(database: Database): Promise<number[]> {
  const rows = await queryable(database)
    .query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    .catch(() => []);
  return rows.map((row) => row.pid);
}

async function readWhileHopping(
  nodes: readonly TortureNode[],
  merchantId: string,
  seed: number,
  counts: { hops: number },
  signal: AbortSignal,
): Promise<string[]> {
  const random = createRandom(seed);
  const seen: string[] = [];
  let position = 0;
  while (!signal.aborted) {
    const node = nodes[random.below(nodes.length)];
    if (!node) break;
    const sink: Sink = {
      write(frames) {
        for (const frame of frames) {
          seen.push(frame.payload.toString());
          position = frame.position ?? position;
        }
      },
      isFull: () => false,
      drained: async () => {},
      fail: () => {},
    };
    try {
      const member = await node.hub.join(streamFrom(merchantId, position), sink);
      await pause(200 + random.below(800));
      member.leave();
    } catch {
      // The node lost its database before it had begun: go on elsewhere, from where we were.
    }
    counts.hops += 1;
  }
  return seen;
}

function streamFrom(merchantId: string, position: number): Stream {
  return {
    place: { merchantId, epoch: 'epoch', position },
    conditions: { aggregateTypes: ['PAYMENT'] },
    hasControl: false,
    group: 'all',
    async render(item) {
      if (item.kind !== 'EVENT') throw new Error('nobody asked for it');
      return `${item.event.aggregateId} ${item.event.version}`;
    },
  };
}

async function readNaively(url: string, merchantId: string, signal: AbortSignal): Promise<Set<string>> {
  const client = await connect(url);
  const seen = new Set<string>();
  let cursor = '0';
  while (!signal.aborted) {
    const { rows } = await client.query<{ ordinal: string; name: string }>(
      `SELECT ordinal, aggregate_id || ' ' || version AS name FROM event WHERE merchant_id = $1 AND ordinal > $2 ORDER BY ordinal`,
      [merchantId, cursor],
    );
    for (const row of rows) {
      seen.add(row.name);
      cursor = row.ordinal;
    }
    await pause(3);
  }
  await client.end();
  return seen;
}

async function judge(
  url: string,
  merchants: readonly string[],
  read: readonly string[][],
  naive: ReadonlyArray<Set<string>>,
) {
  const client = await connect(url);
  const verdict = { missed: 0, duplicates: 0, outOfOrder: 0, gaps: 0, versionsOutOfOrder: 0, missedByNaiveReader: 0 };
  for (const [index, merchantId] of merchants.entries()) {
    const { rows } = await client.query<{ name: string; id: string; version: number; position: string }>(
      `SELECT aggregate_id || ' ' || version AS name, aggregate_id AS id, version, position FROM event WHERE merchant_id = $1 ORDER BY position`,
      [merchantId],
    );
    const seen = read[index] ?? [];
    const unique = new Set(seen);
    verdict.duplicates += seen.length - unique.size;
    verdict.missed += rows.filter((row) => !unique.has(row.name)).length;
    verdict.outOfOrder += rows.filter((row, at) => seen[at] !== undefined && seen[at] !== row.name).length;
    verdict.gaps += rows.filter((row, at) => Number(row.position) !== at + 1).length;
    verdict.missedByNaiveReader += rows.filter((row) => !naive[index]?.has(row.name)).length;
    const versions = new Map<string, number>();
    for (const { id, version } of rows) {
      if (version !== (versions.get(id) ?? 0) + 1) verdict.versionsOutOfOrder += 1;
      versions.set(id, version);
    }
  }
  await client.end();
  return verdict;
}

async function untilSequenced(url: string): Promise<void> {
  const client = await connect(url);
  for (;;) {
    const { rows } = await client.query<{ count: string }>('SELECT count(*) FROM event WHERE position IS NULL');
    if (rows[0]?.count === '0') break;
    await pause(50);
  }
  await client.end();
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  return client;
}
