import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Account } from './account.ts';
import type { Runtime } from './runtime.ts';

/** Time for a fast shutdown; then an immediate shutdown follows. */
const STOP_WAIT_MS = 15_000;

/** A running PostgreSQL server and a watchdog that stops it when this process dies without doing so. */
export interface ServerProcess {
  readonly port: number;
  /** Resolves when the server has ended or could not be started. */
  readonly exited: Promise<void>;
  stop(): Promise<void>;
}

/** Starts a PostgreSQL server on a loopback port. Its output is appended to `postgres.log` in `home`. */
export function startServerProcess(options: {
  dataDir: string;
  home: string;
  port: number;
  runtime: Runtime;
  account: Account | null;
}): ServerProcess {
  const { dataDir, home, port, runtime, account } = options;
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '256MB',
    jit: 'off',
    log_min_messages: 'warning',
    timezone: 'UTC',
    log_timezone: 'UTC',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = openSync(join(home, 'postgres.log'), 'a', 0o600);
  // In a session of its own (`detached`), as Ctrl-C must reach only the gateway, which then stops PostgreSQL.
  const child = spawn(runtime.postgres, ['-D', dataDir, ...args], {
    cwd: dataDir,
    detached: true,
    stdio: ['ignore', log, log],
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' },
    ...(account ? { uid: account.uid, gid: account.gid } : {}),
  });
  closeSync(log);
  const watchdog = startWatchdog(child.pid);
  const exited = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  }).then(() => void watchdog?.stdin?.end('over\n'));
  return {
    port,
    exited,
    async stop() {
      child.kill('SIGINT'); // Fast shutdown: rolls back open transactions.
      const hard = setTimeout(() => child.kill('SIGQUIT'), STOP_WAIT_MS);
      await exited;
      clearTimeout(hard);
    },
  };
}

/**
 * Starts a shell that stops the server when its input ends without a line, as it does when this process dies in any
 * way.
 */
function startWatchdog(pid: number | undefined): ChildProcess | null {
  if (pid === undefined) return null;
  const watchdog = spawn('/bin/sh', ['-c', 'read -r word || kill -INT "$1"', 'watchdog', String(pid)], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog.unref();
  return watchdog;
}

/** A loopback port that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
