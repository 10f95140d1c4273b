import type { ServerResponse } from 'node:http';
import type { Log } from '../../services/app.ts';
import { type Database, queryable } from '../../store/connection/database.ts';
import { withTimeout } from '../../store/connection/with-timeout.ts';
import { cached } from '../cached.ts';
import type { ClockWatch } from '../metrics/clock-watch.ts';
import type { DiskWatch } from '../metrics/disk-watch.ts';

const CHECK_MS_MAX = 2_000;
/** Nobody needs to know it sooner. */
const CACHED_MS = 250;

/** Whether a load balancer should send requests here. */
export interface Health {
  /** Why it should not, for people; null when it should. */
  whyNotReady(): Promise<string | null>;
  /** Whether the database answered at the last look. */
  isDatabaseReachable(): boolean;
  /** From now on it should not: this node stops. */
  beginStopping(): void;
}

interface Watched {
  readonly clockWatch: ClockWatch;
  readonly disk: DiskWatch;
  readonly log: Log;
}

const DISK_FULL = 'the database has no room on its disk';

export function createHealth(database: Database, { clockWatch, disk, log }: Watched): Health {
  let isStopping = false;
  let isReachable = true;
  let wasFull = false;
  const look = cached(async () => {
    const answered = queryable(database).query('SELECT');
    isReachable = await withTimeout(
      answered.then(() => true),
      CHECK_MS_MAX,
      false,
    );
    if (!isReachable) return 'the database does not answer';
    const isFull = await withTimeout(disk.isFull(database), CHECK_MS_MAX, true);
    if (isFull && !wasFull) log.error({}, DISK_FULL);
    wasFull = isFull;
    return isFull ? DISK_FULL : null;
  }, CACHED_MS);
  return {
    async whyNotReady() {
      if (isStopping) return 'this node stops';
      if (!clockWatch.isRight()) return "the clock of this machine is not the database's";
      return look();
    },
    isDatabaseReachable: () => isReachable,
    beginStopping() {
      isStopping = true;
    },
  };
}

export function answerHealth(response: ServerResponse, whyNot: string | null): void {
  response.writeHead(whyNot === null ? 200 : 503, { 'content-type': 'text/plain', 'cache-control': 'no-store' });
  response.end(whyNot === null ? 'ok\n' : `not ready: ${whyNot}\n`);
}
