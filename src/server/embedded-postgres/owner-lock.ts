import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '../start-error.ts';
import { startOf } from './process-info.ts';

const ATTEMPTS_MAX = 20;
const TAKE_OVER_MS = 50;

/**
 * Locks a data directory for this process until it ends, however it ends. The lock holds the process id and start time
 * of its owner, so that a reused process id is not taken for the former owner. Throws a StartError when another gateway
 * has the lock.
 */
export function lockDataDir(dataDir: string): { release(): void } {
  const lock = join(dataDir, 'gateway.lock');
  const token = `${process.pid} ${startOf(process.pid)}`;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    if (createLock(lock, token) && isKept(lock, token, attempt > 0)) {
      return { release: () => readLock(lock) === token && rmSync(lock, { force: true }) };
    }
    const owner = readLock(lock);
    if (owner !== null && isRunning(owner)) refuse(dataDir, owner);
    if (owner !== null) discardStale(lock, owner);
  }
  return refuse(dataDir, readLock(lock) ?? 'unknown');
}

/** Whether the lock is ours. After a takeover it waits for other processes that attempt the same. */
function isKept(lock: string, token: string, isTakenOver: boolean): boolean {
  if (isTakenOver) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TAKE_OVER_MS);
  return readLock(lock) === token;
}

function refuse(dataDir: string, owner: string): never {
  const pid = owner.split(' ')[0];
  const hint = 'stop it, or set DATA_DIR to another directory';
  throw new StartError(`the data directory ${dataDir} is in use by the gateway with process id ${pid}; ${hint}`);
}

/** Creates the lock with its content, atomically. Returns false when there is one already. */
function createLock(lock: string, token: string): boolean {
  const mine = `${lock}.${process.pid}`;
  writeFileSync(mine, token);
  try {
    linkSync(mine, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(mine, { force: true });
  }
}

/**
 * Removes a lock whose owner is gone. Of two processes that do so at once, the second could remove the new lock of the
 * first: the removed lock is compared, and put back if it is not the stale one.
 */
function discardStale(lock: string, owner: string): void {
  const taken = `${lock}.stale-${process.pid}`;
  try {
    renameSync(lock, taken);
    if (readLock(taken) !== owner) linkSync(taken, lock);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
  } finally {
    rmSync(taken, { force: true });
  }
}

function readLock(lock: string): string | null {
  try {
    return readFileSync(lock, 'utf8');
  } catch {
    return null;
  }
}

function isRunning(token: string): boolean {
  const pid = Number(token.split(' ')[0]);
  return Number.isInteger(pid) && pid > 0 && token === `${pid} ${startOf(pid)}`;
}
