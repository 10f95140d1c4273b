import { IDEMPOTENCY_KEY_KEPT_DAYS, type RecordResult } from '../domain/batch.ts';
import type { Queryable, Tx } from './connection/database.ts';

/** Raised when a fingerprint is made of something else: those that are stored say of what they were. */
export const FINGERPRINT_VERSION = 2;

/** One HMAC for each argument besides the records, by name, and one for each record. */
export interface Fingerprints {
  readonly version: number;
  readonly args: Readonly<Record<string, string>>;
  readonly records: readonly string[];
}

export interface IdempotencyRecord {
  readonly operation: string;
  readonly fingerprints: Fingerprints;
  readonly outcomes: readonly RecordResult[];
}

/**
 * Claims a key for this transaction: null, and the key is ours; or what the call that had it before did. A call with the
 * same key that is under way is waited for, at most for the lock timeout.
 */
export async function claimIdempotencyKey(
  tx: Tx,
  merchantId: string,
  key: string,
  operation: string,
  fingerprints: Fingerprints,
): Promise<IdempotencyRecord | null> {
  await tx.query(
    `DELETE FROM idempotency_record WHERE merchant_id = $1 AND key = $2 AND created_at < now() - $3 * interval '1 day'`,
    [merchantId, key, IDEMPOTENCY_KEY_KEPT_DAYS],
  );
  const claimed = await tx.query(
    `INSERT INTO idempotency_record (merchant_id, key, operation, fingerprints) VALUES ($1, $2, $3, $4)
     ON CONFLICT DO NOTHING RETURNING 1`,
    [merchantId, key, operation, JSON.stringify(fingerprints)],
  );
  if (claimed.length > 0) return null;
  // Locked: of two calls that go on where it left off, one waits for the other.
  const [record] = await tx.query<IdempotencyRecord>(
    `SELECT operation, '{"version": 1}' || fingerprints AS fingerprints, outcomes
       FROM idempotency_record WHERE merchant_id = $1 AND key = $2 FOR UPDATE`,
    [merchantId, key],
  );
  // It was forgotten for its age between the two statements.
  return record ?? claimIdempotencyKey(tx, merchantId, key, operation, fingerprints);
}

/** Keeps what the call did, in the transaction that did it. */
export async function storeOutcomes(
  tx: Tx,
  merchantId: string,
  key: string,
  fingerprints: Fingerprints,
  outcomes: readonly RecordResult[],
): Promise<void> {
  await tx.query('UPDATE idempotency_record SET fingerprints = $3, outcomes = $4 WHERE merchant_id = $1 AND key = $2', [
    merchantId,
    key,
    JSON.stringify(fingerprints),
    JSON.stringify(outcomes),
  ]);
}

/** Gives a claimed key back. */
export async function releaseIdempotencyKey(tx: Tx, merchantId: string, key: string): Promise<void> {
  await tx.query('DELETE FROM idempotency_record WHERE merchant_id = $1 AND key = $2', [merchantId, key]);
}

/** What is kept of a call that wrote. */
export interface KeptRecord {
  readonly operation: string;
  readonly outcomes: readonly RecordResult[];
  readonly createdAt: Date;
}

/** What the call did that had a key, as long as keys are kept. */
export async function findIdempotencyRecord(
  database: Queryable,
  merchantId: string,
  key: string,
): Promise<KeptRecord | null> {
  const [record] = await database.query<KeptRecord>(
    `SELECT operation, outcomes, created_at FROM idempotency_record
      WHERE merchant_id = $1 AND key = $2 AND created_at >= now() - $3 * interval '1 day'`,
    [merchantId, key, IDEMPOTENCY_KEY_KEPT_DAYS],
  );
  return record ?? null;
}

/** Deletes so many records that are too old, of all merchants; how many. What another node is at is left to it. */
export async function deleteIdempotencyRecords(database: Queryable, limit: number): Promise<number> {
  const rows = await database.query(
    `DELETE FROM idempotency_record WHERE ctid = ANY(ARRAY(
       SELECT ctid FROM idempotency_record WHERE created_at < now() - $1 * interval '1 day' ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED))
     RETURNING 1`,
    [IDEMPOTENCY_KEY_KEPT_DAYS, limit],
  );
  return rows.length;
}
