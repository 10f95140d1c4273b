import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '../start-error.ts';
import { type Account, makeOwnDirectory } from './account.ts';
import { commandOf } from './process-info.ts';
import type { Runtime } from './runtime.ts';

export const SUPERUSER = 'gateway';
const STOP_WAIT_MS = 20_000;

/** A data directory with its password, made when it is not there yet. */
export interface Cluster {
  readonly dataDir: string;
  readonly password: string;
}

export function prepareCluster(home: string, secretsDir: string, runtime: Runtime, account: Account | null): Cluster {
  const dataDir = join(home, 'postgres');
  const passwordFile = join(secretsDir, 'postgres-password');
  if (existsSync(join(dataDir, 'PG_VERSION'))) {
    refuseOtherVersion(dataDir, runtime);
    if (!existsSync(passwordFile)) {
      throw new StartError(`${passwordFile} is missing: put it back beside the database it belongs to, ${dataDir}`);
    }
    return { dataDir, password: readFileSync(passwordFile, 'utf8') };
  }
  const password = randomBytes(24).toString('base64url');
  initialise(dataDir, password, runtime, account);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  // Last: a directory under this name is a finished one, with its password.
  renameSync(`${dataDir}.next`, dataDir);
  return { dataDir, password };
}

function refuseOtherVersion(dataDir: string, runtime: Runtime): void {
  const major = readFileSync(join(dataDir, 'PG_VERSION'), 'utf8').trim();
  if (major === runtime.major) return;
  throw new StartError(
    `${dataDir} holds a database of PostgreSQL ${major}, and PostgreSQL ${runtime.major} is embedded: dump it with the old version and restore it, or set DATA_DIR to another directory`,
  );
}

function initialise(dataDir: string, password: string, runtime: Runtime, account: Account | null): void {
  const next = `${dataDir}.next`;
  rmSync(next, { recursive: true, force: true });
  makeOwnDirectory(next, account);
  // In a file that only the account reads: arguments are for everybody to see.
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
    throw new StartError(`the database could not be made in ${dataDir}: ${detail}`, { cause: error });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** Stops a server that a killed gateway left on this directory. We own the directory: nobody else's server is there. */
export async function stopOrphan(dataDir: string): Promise<boolean> {
  const pid = serverPid(dataDir);
  if (pid === null) return false;
  try {
    process.kill(pid, 'SIGINT'); // fast shutdown
  } catch (error) {
    throw new StartError(`a PostgreSQL of another user, process id ${pid}, runs on ${dataDir}: stop it as that user`, {
      cause: error,
    });
  }
  const deadline = Date.now() + STOP_WAIT_MS;
  while (serverPid(dataDir) === pid) {
    if (Date.now() > deadline) {
      throw new StartError(`a PostgreSQL with process id ${pid} runs on ${dataDir} and does not stop: stop it by hand`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

/** The server that runs on a directory, or null. A process id in its file that is another program's is no server. */
function serverPid(dataDir: string): number | null {
  const file = join(dataDir, 'postmaster.pid');
  if (!existsSync(file)) return null;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return commandOf(pid).includes(dataDir) ? pid : null;
}
