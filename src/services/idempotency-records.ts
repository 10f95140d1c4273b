import { IDEMPOTENCY_KEY_KEPT_DAYS } from '../domain/batch.ts';
import { type Database, queryable } from '../store/database.ts';
import { deleteIdempotencyRecords, findIdempotencyRecord, type KeptRecord } from '../store/idempotency.ts';
import type { App, Caller } from './app.ts';
import { type BackgroundLoop, startBackgroundLoop } from './background-loop.ts';

const DAY_MS = 86_400_000;
const POLL_MS = 60_000;
const CHUNK_SIZE = 1_000;

const keptSince = (): Date => new Date(Date.now() - IDEMPOTENCY_KEY_KEPT_DAYS * DAY_MS);

/** What the call did that had an idempotency key; null when none that wrote had it, or it was too long ago. */
export function readIdempotencyRecord(app: App, { merchantId }: Caller, key: string): Promise<KeptRecord | null> {
  return findIdempotencyRecord(queryable(app.database), merchantId, key, keptSince());
}

/** Forgets keys that are too old, for as long as it runs. Every node runs one; none does what another did. */
export function startForgettingKeys(database: Database, onError: (error: unknown) => void): BackgroundLoop {
  const forget = async () => {
    const count = await deleteIdempotencyRecords(queryable(database), keptSince(), CHUNK_SIZE);
    return count === CHUNK_SIZE ? 'MORE' : 'DONE';
  };
  return startBackgroundLoop(forget, POLL_MS, onError);
}
