import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '../start-error.ts';
import { type Account, makeOwnDirectory } from './account.ts';
import { commandOf } from './process-info.ts';
import type { Runtime } from './runtime.ts';

/** Superuser of an embedded database. */
export const SUPERUSER = 'gateway';
const STOP_WAIT_MS = 20_000;

/** An initialised data directory of PostgreSQL and the password of its superuser. */
export interface Cluster {
  readonly dataDir: string;
  readonly password: string;
}

/**
 * Returns the cluster in `home`, initialised on the first start. Throws a StartError when it belongs to another major
 * version or its password is missing.
 */
export function prepareCluster(home: string, secretsDir: string, runtime: Runtime, account: Account | null): Cluster {
  const dataDir = join(home, 'postgres');
  const passwordFile = join(secretsDir, 'postgres-password');
  if (existsSync(join(dataDir, 'PG_VERSION'))) {
    refuseOtherVersion(dataDir, runtime);
    if (!existsSync(passwordFile)) {
      throw new StartError(`${passwordFile} is missing; restore the password file of the database in ${dataDir}`);
    }
    return { dataDir, password: readFileSync(passwordFile, 'utf8') };
  }
  const password = randomBytes(24).toString('base64url');
  initialise(dataDir, password, runtime, account);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  // Renamed last: a directory of this name is complete and has its password.
  renameSync(`${dataDir}.next`, dataDir);
  return { dataDir, password };
}

function refuseOtherVersion(dataDir: string, runtime: Runtime): void {
  const major = readFileSync(join(dataDir, 'PG_VERSION'), 'utf8').trim();
  if (major === runtime.major) return;
  throw new StartError(
    `${dataDir} contains a database of PostgreSQL ${major}, but PostgreSQL ${runtime.major} is embedded; dump it with the old version and restore it, or set DATA_DIR to another directory`,
  );
}

function initialise(dataDir: string, password: string, runtime: Runtime, account: Account | null): void {
  const next = `${dataDir}.next`;
  rmSync(next, { recursive: true, force: true });
  makeOwnDirectory(next, account);
  // Passed in a file that only the account can read, because other users can see arguments.
  const passwordFile = `${dataDir}.password`;
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account) chownSync(passwordFile, account.uid, account.gid);
  const args = ['-D', next, '-U', SUPERUSER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8'];
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  try {
    execFileSync(runtime.initdb, [...args, ...locale], {
      stdio: ['ignore', 'ignore', 'pipe'],
      cwd: '/',
      env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' },
      ...(account ? { uid: account.uid, gid: account.gid } : {}),
    });
  } catch (error) {
    const detail = (error as { stderr?: Buffer }).stderr?.toString().trim().split('\n').pop() ?? String(error);
    throw new StartError(`cannot initialise a database in ${dataDir}: ${detail}; correct the cause and start again`, {
      cause: error,
    });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/**
 * Stops a server that a killed gateway has left running on this directory, and returns whether there was one. The
 * caller holds the lock of the directory, so it cannot be the server of another gateway. Throws a StartError when it
 * does not stop.
 */
export async function stopOrphan(dataDir: string): Promise<boolean> {
  const pid = serverPid(dataDir);
  if (pid === null) return false;
  try {
    process.kill(pid, 'SIGINT'); // Fast shutdown.
  } catch (error) {
    throw new StartError(
      `a PostgreSQL server of another user (process id ${pid}) runs on ${dataDir}; stop it as that user`,
      {
        cause: error,
      },
    );
  }
  const deadline = Date.now() + STOP_WAIT_MS;
  while (serverPid(dataDir) === pid) {
    if (Date.now() > deadline) {
      throw new StartError(`the PostgreSQL server on ${dataDir} (process id ${pid}) does not stop; stop it manually`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

/**
 * Process id of the server that runs on a directory; null when there is none, or when the id now belongs to another
 * program.
 */
function serverPid(dataDir: string): number | null {
  const file = join(dataDir, 'postmaster.pid');
  if (!existsSync(file)) return null;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return commandOf(pid).includes(dataDir) ? pid : null;
}
