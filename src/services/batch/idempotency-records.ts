import { type Database, queryable } from '../../store/connection/database.ts';
import { deleteIdempotencyRecords, findIdempotencyRecord, type KeptRecord } from '../../store/idempotency.ts';
import type { App, Caller } from '../app.ts';
import { type BackgroundLoop, type LoopReport, startBackgroundLoop } from '../background-loop.ts';

const POLL_MS = 60_000;
const CHUNK_SIZE = 1_000;

/** What the call did that had an idempotency key; null when none that wrote had it, or it was too long ago. */
export function readIdempotencyRecord(app: App, { merchantId }: Caller, key: string): Promise<KeptRecord | null> {
  return findIdempotencyRecord(queryable(app.database), merchantId, key);
}

/** Forgets keys that are too old, for as long as it runs. Every node runs one; none does what another did. */
export function startForgettingKeys(database: Database, report: LoopReport): BackgroundLoop {
  const forget = async () => {
    const count = await deleteIdempotencyRecords(queryable(database), CHUNK_SIZE);
    return count === CHUNK_SIZE ? 'MORE' : 'DONE';
  };
  return startBackgroundLoop(forget, POLL_MS, report);
}
