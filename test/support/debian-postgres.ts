import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import { freePort } from './gateway-process.ts';

// Servers of Debian's PostgreSQL 15, with standbys: what the embedded one cannot show. Gone with the test.

const BIN = '/usr/lib/postgresql/15/bin';
const LOOPBACK = '127.0.0.1';
const USER = 'gateway';

/** A server on the loopback that trusts everybody. */
export interface DebianServer {
  readonly port: number;
  sql<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Ends it at once, as a crash does. */
  crash(): void;
  /** Makes a standby the primary. */
  promote(): void;
}

/** Initializes a primary with an empty database `gateway`. */
export async function startPrimary(): Promise<DebianServer> {
  const directory = newDirectory();
  const port = await freePort();
  asPostgres(`${BIN}/initdb`, ['-D', directory, '-U', USER, '--auth=trust', '--no-sync', '-E', 'UTF8', '--locale=C']);
  const server = start(directory, port, [
    'wal_level = replica',
    'max_wal_senders = 8',
    'hot_standby = on',
    'fsync = off',
  ]);
  await server.sql('CREATE DATABASE gateway');
  return server;
}

/** Copies a primary and follows it over a port, which can be that of a faulty network before it. */
export async function startStandby(primary: DebianServer, over = primary.port): Promise<DebianServer> {
  const directory = newDirectory();
  const port = await freePort();
  const place = ['-h', LOOPBACK, '-p', String(primary.port), '-U', USER];
  asPostgres(`${BIN}/pg_basebackup`, ['-D', directory, ...place, '-R', '--no-sync', '--checkpoint=fast']);
  const follows = `primary_conninfo = 'host=${LOOPBACK} port=${over} user=${USER}'\n`;
  appendFileSync(join(directory, 'postgresql.auto.conf'), follows);
  return start(directory, port, []);
}

function start(directory: string, port: number, settings: readonly string[]): DebianServer {
  const own = [`port = ${port}`, `listen_addresses = '${LOOPBACK}'`, "unix_socket_directories = ''", ...settings];
  appendFileSync(join(directory, 'postgresql.conf'), `\n${own.join('\n')}\n`);
  const control = (...args: string[]): void => {
    asPostgres(`${BIN}/pg_ctl`, ['-D', directory, '-w', '-s', '-l', join(directory, 'server.log'), ...args]);
  };
  control('start');
  onTestFinished(() => {
    spawnSync(`${BIN}/pg_ctl`, ['-D', directory, '-m', 'immediate', '-s', 'stop'], whoRuns());
    rmSync(directory, { recursive: true, force: true });
  });
  return {
    port,
    async sql(text, values) {
      const database = text.startsWith('CREATE DATABASE') ? 'postgres' : 'gateway';
      const client = new pg.Client({ host: LOOPBACK, port, user: USER, database });
      await client.connect();
      try {
        return (await client.query(text, values)).rows;
      } finally {
        await client.end();
      }
    },
    crash: () => control('-m', 'immediate', 'stop'),
    promote: () => control('promote'),
  };
}

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'postgres-15-'));
  const { uid, gid } = whoRuns();
  if (uid !== undefined && gid !== undefined) chownSync(directory, uid, gid);
  chmodSync(directory, 0o700);
  return directory;
}

/** PostgreSQL refuses root; Debian has made a user for it. */
function whoRuns(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const idOf = (option: string): number => Number(spawnSync('id', [option, 'postgres'], { encoding: 'utf8' }).stdout);
  return { uid: idOf('-u'), gid: idOf('-g') };
}

function asPostgres(command: string, args: readonly string[]): void {
  // A server that stays behind must not keep the pipes open.
  const { status, stderr } = spawnSync(command, args, {
    ...whoRuns(),
    cwd: '/',
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}
