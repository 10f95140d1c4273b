import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '../start-error.ts';
import { startOf } from './process-info.ts';

/**
 * Makes this process the one gateway of a data directory, until it ends in whatever way: the lock names a process and
 * when it began, so that a process id used again is not taken for its former owner.
 */
export function lockDataDir(dataDir: string): { release(): void } {
  const lock = join(dataDir, 'gateway.lock');
  const mine = `${lock}.${process.pid}`;
  const token = `${process.pid} ${startOf(process.pid)}`;
  writeFileSync(mine, token);
  try {
    for (let attempt = 0; ; attempt += 1) {
      try {
        linkSync(mine, lock); // atomic: it fails when the lock is there
        return { release: () => readLock(lock) === token && rmSync(lock, { force: true }) };
      } catch (error) {
        const owner = readLock(lock);
        if (attempt === 3 || (owner !== null && isRunning(owner))) {
          const pid = owner?.split(' ')[0] ?? 'unknown';
          const hint = `stop it, or set DATA_DIR to another directory`;
          throw new StartError(
            `the data directory ${dataDir} is in use by the gateway with process id ${pid}: ${hint}`,
            {
              cause: error,
            },
          );
        }
        rmSync(lock, { force: true });
      }
    }
  } finally {
    rmSync(mine, { force: true });
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
