import pg from 'pg';
import { createRandom, pause } from './random.ts';

// Writers whose transactions commit out of order, late or never, and a naive reader that goes by the order of insertion. If that
// one loses nothing, the torture was too weak and the run is void.

const AGGREGATES = 40;

export async function prepareAggregates(url: string, merchants: readonly string[]): Promise<void> {
  await withClient(url, async (client) => {
    await client.query(
      'CREATE TABLE torture_aggregate (merchant_id text, id text, version int, PRIMARY KEY (merchant_id, id))',
    );
    for (const merchantId of merchants) {
      const insert = "INSERT INTO torture_aggregate SELECT $1, 'pay_' || n, 0 FROM generate_series(1, $2) AS n";
      await client.query(insert, [merchantId, AGGREGATES]);
    }
  });
}

/** Writes until it is over, with a new connection whenever the database took the last one away. */
export async function writeAll(
  url: string,
  merchants: readonly string[],
  seed: number,
  isOver: () => boolean,
): Promise<void> {
  const random = createRandom(seed);
  while (!isOver()) {
    const writing = withClient(url, async (client) => {
      while (!isOver()) await writeOne(client, merchants[random.below(merchants.length)] ?? '', random);
    });
    await writing.catch(() => pause(200));
  }
}

/** A transaction changes one to three objects in the order of their ids, sleeps with its events in hand, and ends. */
async function writeOne(client: pg.Client, merchantId: string, random: ReturnType<typeof createRandom>): Promise<void> {
  await client.query('BEGIN');
  if (random.chance(0.5)) await client.query('SELECT txid_current()');
  const wanted = Array.from({ length: 1 + random.below(3) }, () => `pay_${1 + random.below(AGGREGATES)}`);
  for (const id of [...new Set(wanted)].sort()) {
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
  await client.query(random.chance(0.1) ? 'ROLLBACK' : 'COMMIT');
}

/** What a reader sees that asks for all after the greatest number it knows. */
export async function readNaively(url: string, merchantId: string, signal: AbortSignal): Promise<Set<string>> {
  const seen = new Set<string>();
  let last = '0';
  while (!signal.aborted) {
    const reading = withClient(url, async (client) => {
      while (!signal.aborted) {
        const { rows } = await client.query<{ ordinal: string; name: string }>(
          `SELECT ordinal, aggregate_id || ' ' || version AS name FROM event WHERE merchant_id = $1 AND ordinal > $2 ORDER BY ordinal`,
          [merchantId, last],
        );
        for (const row of rows) {
          seen.add(row.name);
          last = row.ordinal;
        }
        await pause(3);
      }
    });
    await reading.catch(() => pause(200));
  }
  return seen;
}

/** Takes away the connections by which nodes hear of new events: they have to find them by themselves. */
export async function dropWakeUps(url: string, isOver: () => boolean): Promise<number> {
  let dropped = 0;
  while (!isOver()) {
    await pause(700);
    const dropping = withClient(url, async (client) => {
      const listening = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE 'LISTEN%'";
      dropped += (await client.query(listening)).rows.length;
    });
    await dropping.catch(() => {});
  }
  return dropped;
}

export interface LogRow {
  readonly name: string;
  readonly id: string;
  readonly version: number;
  readonly position: string;
}

/** A merchant's whole log, once everything in it is numbered. */
export async function readLog(url: string, merchantId: string): Promise<LogRow[]> {
  return await untilItWorks(url, async (client) => {
    for (;;) {
      const { rows } = await client.query('SELECT 1 FROM event WHERE position IS NULL LIMIT 1');
      if (rows.length === 0) break;
      await pause(50);
    }
    const { rows } = await client.query<LogRow>(
      `SELECT aggregate_id || ' ' || version AS name, aggregate_id AS id, version, position FROM event WHERE merchant_id = $1 ORDER BY position`,
      [merchantId],
    );
    return rows;
  });
}

/** The database may have died a moment ago. */
async function untilItWorks<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const outcome = await withClient(url, work).then(
      (result) => ({ result }),
      () => null,
    );
    if (outcome) return outcome.result;
    await pause(200);
  }
  return withClient(url, work);
}

async function withClient<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}
