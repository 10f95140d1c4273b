import { type AddressInfo, createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { isUnavailable, openDatabase, queryable } from '../../src/store/connection/database.ts';
import { connectClient, serversOf, urlsOf } from '../../src/store/connection/servers.ts';
import { createDatabase } from '../support/harness.ts';

it('reads one server or several from a URL, in the form of libpq', () => {
  expect(urlsOf('postgresql://me:p%40ss@one/db')).toEqual(['postgresql://me:p%40ss@one/db']);
  expect(urlsOf('postgres://me@one:5432,two:5433,three/db?sslmode=require&target_session_attrs=read-write')).toEqual([
    'postgres://me@one:5432/db?sslmode=require',
    'postgres://me@two:5433/db?sslmode=require',
    'postgres://me@three/db?sslmode=require',
  ]);
  expect(urlsOf('postgresql://one,[::1]:5433/db')).toEqual(['postgresql://one/db', 'postgresql://[::1]:5433/db']);
});

it('refuses what is no such URL, and servers that need not accept writes', () => {
  for (const url of [
    'mysql://one/db',
    'one/db',
    'postgresql://one:x/db',
    'postgresql://one,two/db?target_session_attrs=any',
  ])
    expect(urlsOf(url)).toBeNull();
});

it('tries the next server once after several connections to one have failed', () => {
  const servers = serversOf('postgresql://one,two/db');
  const first = servers.current();
  servers.skip(first);
  // Another connection to the first server fails late.
  servers.skip(first);
  expect(servers.current()).toBe('postgresql://two/db');
  servers.skip(servers.current());
  expect(servers.current()).toBe(first);
});

it('connects to the server that answers, and rejects with the last error when none does', async () => {
  const { url, drop } = await createDatabase();
  const { username, password, host, pathname } = new URL(url);
  const at = (hosts: string): string => `postgresql://${username}:${password}@${hosts}${pathname}`;
  const client = await connectClient(at(`127.0.0.1:9,${host}`));
  const { rows } = await client.query('SELECT 1 AS one');
  expect(rows).toEqual([{ one: 1 }]);
  await client.end();
  await expect(connectClient(at('127.0.0.1:9,127.0.0.1:10'))).rejects.toThrow('ECONNREFUSED');
  await drop();
});

it('reads passwords as a URL of one server does, each server once, and the only server whatever it accepts', () => {
  expect(urlsOf('postgresql://u:p@ss@one,two/db')).toEqual([
    'postgresql://u:p@ss@one/db',
    'postgresql://u:p@ss@two/db',
  ]);
  expect(urlsOf('postgresql://one,one,two/db')).toEqual(['postgresql://one/db', 'postgresql://two/db']);
  expect(urlsOf('postgresql://one/db?target_session_attrs=any')).toEqual(['postgresql://one/db']);
});

/** A server that lets everybody in, and answers nothing else. */
async function startSilentServer(): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49])));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

it('gives up a server that lets it in and answers nothing, and goes on to the next', async () => {
  const silent = await startSilentServer();
  const alone = openDatabase(`postgresql://me@127.0.0.1:${silent}/db`, { connectionsMax: 1, onError: () => {} });
  const refused = await queryable(alone)
    .query('SELECT 1')
    .then(String, (error: unknown) => error);
  expect(isUnavailable(refused)).toBe(true);
  await alone.close();

  const { url, drop } = await createDatabase();
  const { username, password, host, pathname } = new URL(url);
  const several = `postgresql://${username}:${password}@127.0.0.1:${silent},${host}${pathname}`;
  const client = await connectClient(several);
  await client.end();
  const database = openDatabase(several, { connectionsMax: 1, onError: () => {} });
  // The first attempts wait for the silent server.
  await expect
    .poll(() =>
      queryable(database)
        .query('SELECT 1 AS one')
        .catch(() => []),
    )
    .toEqual([{ one: 1 }]);
  await database.close();
  await drop();
});

it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', '25006', '57P01'])(
  'takes %s for a database that is unavailable',
  (code) => {
    expect(isUnavailable(Object.assign(new Error('gone'), { code }))).toBe(true);
  },
);
