import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Account } from './account.ts';
import type { Runtime } from './runtime.ts';

const STOP_WAIT_MS = 15_000;

/** A running PostgreSQL and the watchdog that stops it should this process die without doing so. */
export interface ServerProcess {
  readonly port: number;
  readonly exited: Promise<void>;
  stop(): Promise<void>;
}

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
  // A session of its own (`detached`): Ctrl-C in the terminal must reach the gateway alone, which then stops PostgreSQL.
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
      child.kill('SIGINT'); // fast: roll back what runs, then a clean end
      const hard = setTimeout(() => child.kill('SIGQUIT'), STOP_WAIT_MS);
      await exited;
      clearTimeout(hard);
    },
  };
}

/** A shell that waits for the end of its input. When we die, in whatever way, the input ends without a word. */
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

/** A port of the loopback that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
