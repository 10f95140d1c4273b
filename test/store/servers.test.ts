import { expect, it } from 'vitest';
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

it('goes on to the next server when one cannot be used, whoever says so', () => {
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
