import type { ServerResponse } from 'node:http';
import type { Log } from '../../services/app.ts';
import { type Database, queryable } from '../../store/connection/database.ts';
import { withTimeout } from '../../store/connection/with-timeout.ts';
import { cached } from '../cached.ts';
import type { ClockWatch } from '../metrics/clock-watch.ts';
import type { DiskWatch } from '../metrics/disk-watch.ts';

/** A check that takes longer has failed. */
const CHECK_MS_MAX = 2_000;
/** Readiness is cached for this long, in milliseconds. */
const CACHED_MS = 250;

/** Readiness of a node, for load balancers. */
export interface Health {
  /** Why the node is not ready, as text for the operator; null when it is ready. */
  whyNotReady(): Promise<string | null>;
  /** Whether the database answered the last check. */
  isDatabaseReachable(): boolean;
  /** Makes the node not ready from now on, because it is stopping. */
  beginStopping(): void;
}

interface Watched {
  readonly clockWatch: ClockWatch;
  readonly disk: DiskWatch;
  readonly log: Log;
}

const DISK_FULL = 'the disk of the database is full; writes fail until space is freed';

/** Creates the readiness check: the database must answer and have disk space, and the clock must agree with it. */
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
      if (isStopping) return 'the node is stopping';
      if (!clockWatch.isRight())
        return 'the clock of this machine differs from the database clock; synchronise it (NTP)';
      return look();
    },
    isDatabaseReachable: () => isReachable,
    beginStopping() {
      isStopping = true;
    },
  };
}

/** Answers 200 when the node is ready, else 503 with the reason as plain text. */
export function answerHealth(response: ServerResponse, whyNot: string | null): void {
  response.writeHead(whyNot === null ? 200 : 503, { 'content-type': 'text/plain', 'cache-control': 'no-store' });
  response.end(whyNot === null ? 'ok\n' : `not ready: ${whyNot}\n`);
}
