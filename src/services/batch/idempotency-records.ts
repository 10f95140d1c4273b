import { type Database, queryable } from '../../store/connection/database.ts';
import { deleteIdempotencyRecords, findIdempotencyRecord, type KeptRecord } from '../../store/idempotency.ts';
import { deleteOperations } from '../../store/operations.ts';
import type { App, Caller } from '../app.ts';
import { type BackgroundLoop, type LoopReport, startBackgroundLoop } from '../background-loop.ts';

const POLL_MS = 60_000;
const CHUNK_SIZE = 1_000;

/** Returns the stored outcome of the call with an idempotency key; null if no call wrote with it or it has expired. */
export function readIdempotencyRecord(app: App, { merchantId }: Caller, key: string): Promise<KeptRecord | null> {
  return findIdempotencyRecord(queryable(app.database), merchantId, key);
}

/**
 * Starts a loop that deletes expired idempotency keys and outcomes of mutations, at most `CHUNK_SIZE` per statement. Every
 * node runs one; nodes skip rows that another node has locked.
 */
export function startForgettingKeys(database: Database, report: LoopReport): BackgroundLoop {
  const forget = async () => {
    const sql = queryable(database);
    const counts = [await deleteIdempotencyRecords(sql, CHUNK_SIZE), await deleteOperations(sql, CHUNK_SIZE)];
    return counts.includes(CHUNK_SIZE) ? 'MORE' : 'DONE';
  };
  return startBackgroundLoop(forget, POLL_MS, report);
}
