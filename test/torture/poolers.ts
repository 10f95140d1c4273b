import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import pg from 'pg';
import { expect, inject, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { openDatabase, queryable, withTransaction } from '../../src/store/connection/database.ts';
import { makeDataDirectory } from '../support/data-directory.ts';
import { administer } from '../support/database-server.ts';
import { freePort, startGatewayProcess, until } from '../support/gateway-process.ts';
import { emptyDatabase } from '../support/harness.ts';

// The gateway behind Debian's pgbouncer, from the first migration on: with a connection of the server for each of ours (session), and for
// each transaction (transaction). `npm run torture -- poolers`.

const KEY = 'pooler_test_key_pooler_test_key_1';
const SECRET = Buffer.alloc(32, 1).toString('base64');
/** The user that the pooler runs as, as it refuses root. */
const NOBODY = 65_534;

/** Starts a pooler before a database and returns its URL. */
async function startPooler(url: string, mode: 'session' | 'transaction'): Promise<string> {
  const { hostname, port: serverPort, username, password, pathname } = new URL(url);
  const directory = mkdtempSync(join(tmpdir(), 'pooler-'));
  chmodSync(directory, 0o755);
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const port = await freePort();
  const name = pathname.slice(1);
  const file = join(directory, 'pgbouncer.ini');
  const server = `host=${hostname} port=${serverPort} user=${username} password=${decodeURIComponent(password)} dbname=${name}`;
  writeFileSync(
    file,
    `[databases]\n${name} = ${server}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =\nauth_type = any\npool_mode = ${mode}\nmax_client_conn = 200\ndefault_pool_size = 40\n`,
  );
  const own = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const pooler = spawn('/usr/sbin/pgbouncer', [file], own);
  onTestFinished(() => void pooler.kill('SIGKILL'));
  let output = '';
  pooler.stderr.on('data', (chunk) => {
    output += String(chunk);
  });
  await until(() => output.includes('process up') || pooler.exitCode !== null);
  expect(output).toContain('process up');
  return `postgresql://gateway@127.0.0.1:${port}/${name}`;
}

async function post(url: string, query: string): Promise<Record<string, never>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = (await response.json()) as { data: Record<string, never>; errors?: object };
  expect(errors).toBeUndefined();
  return data;
}

/** Starts two nodes at once on an empty database, and uses them: writes, reads, a stream over both, the clock. */
async function use(databaseUrl: string, env: NodeJS.ProcessEnv): Promise<void> {
  const nodes = await Promise.all(
    [1, 2].map(async () =>
      startGatewayProcess({
        PORT: String(await freePort()),
        DATA_DIR: makeDataDirectory(),
        DATABASE_URL: databaseUrl,
        SECRET,
        DEMO_API_KEY: KEY,
        STOP_NOTICE_SECONDS: '0',
        LOG_LEVEL: 'warn',
        ...env,
      }),
    ),
  );
  const [one = '', two = ''] = nodes.map(({ url }) => url);
  const socket = createClient({
    url: two.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${KEY}` },
  });
  const { customers } = (await post(one, '{ customers(first: 0) { streamCursor } }')) as unknown as {
    customers: { streamCursor: string };
  };
  const events = socket.iterate<{ events: { type: string } }>({
    query: `subscription { events(after: "${customers.streamCursor}") { ... on Event { type } } }`,
  });
  for (let nth = 0; nth < 20; nth += 1) {
    const records = Array.from(
      { length: 20 },
      (_, index) => `{ reference: "P${nth}-${index}", companyName: "Pooled", email: "p@example.com" }`,
    );
    await post(one, `mutation { createCustomers(input: { records: [${records}] }) { succeededCount } }`);
    await post(two, '{ customers(first: 20, filter: { text: { contains: "pooled" } }) { totalCount nodes { id } } }');
  }
  for (let nth = 0; nth < 400; nth += 1) {
    const { value } = await events.next();
    expect(value?.data?.events.type).toBe('customer.created');
  }
  await socket.dispose();
  const { merchant } = (await post(one, '{ merchant { now } }')) as unknown as { merchant: { now: string } };
  const to = new Date(Date.parse(merchant.now) + 86_400_000).toISOString();
  const { advanceClock } = (await post(
    two,
    `mutation { advanceClock(input: { to: "${to}" }) { done } }`,
  )) as unknown as {
    advanceClock: { done: boolean };
  };
  expect(advanceClock.done).toBe(true);
  for (const node of nodes) {
    expect(await node.kill('SIGTERM')).toBe(0);
    expect(node.output()).not.toContain('"level":50');
  }
}

it('runs behind a pooler of sessions, with its settings in each of them', async () => {
  const { url, drop } = await emptyDatabase();
  onTestFinished(drop);
  const pooled = await startPooler(url, 'session');
  // The broken twin: settings as parameters of the connection.
  const twin = new pg.Client({ connectionString: pooled, options: '-c jit=off' });
  await expect(twin.connect()).rejects.toThrow('unsupported startup parameter');
  await use(pooled, { DATABASE_CONNECTIONS_MAX: '16' });
  const database = openDatabase(pooled, { connectionsMax: 2, onError: () => {} });
  const [row] = await queryable(database).query(
    "SELECT current_setting('lock_timeout') AS lock, current_setting('TimeZone') AS zone",
  );
  expect(row).toEqual({ lock: '3s', zone: 'UTC' });
  await database.close();
});

it('runs behind a pooler of transactions, with its timeouts as those of its role', async () => {
  const { url, drop } = await emptyDatabase();
  onTestFinished(drop);
  const name = new URL(url).pathname.slice(1);
  // As docs/operations.md says.
  for (const setting of [
    "statement_timeout = '10s'",
    "lock_timeout = '3s'",
    "idle_in_transaction_session_timeout = '10s'",
  ])
    await administer(inject('serverUrl'), `ALTER DATABASE ${name} SET ${setting}`);
  const pooled = await startPooler(url, 'transaction');
  const direct = { DATABASE_LISTEN_URL: url, DATABASE_NAMED_STATEMENTS: 'false', DATABASE_CONNECTIONS_MAX: '16' };
  await use(pooled, direct);
  const database = openDatabase(pooled, { connectionsMax: 4, onError: () => {}, hasNamedStatements: false });
  const settings = await Promise.all(
    Array.from({ length: 8 }, () =>
      withTransaction(database, (tx) =>
        tx.query(
          "SELECT current_setting('lock_timeout') AS lock, current_setting('TimeZone') AS zone, pg_sleep(0.05)::text",
        ),
      ),
    ),
  );
  for (const [row] of settings) expect(row).toMatchObject({ lock: '3s', zone: 'UTC' });
  await database.close();
});
