import { IDEMPOTENCY_KEY_KEPT_DAYS, type RecordResult } from '../domain/batch.ts';
import type { Queryable, Tx } from './connection/database.ts';

/** Version of the fingerprint format; increase it when fingerprints are computed from other input. */
export const FINGERPRINT_VERSION = 2;

/** Fingerprints of a call: one HMAC for each argument other than the records, by name, and one for each record. */
export interface Fingerprints {
  readonly version: number;
  readonly args: Readonly<Record<string, string>>;
  readonly records: readonly string[];
}

/** What is stored for an idempotency key: the operation, the fingerprints of its input and the outcomes by record. */
export interface IdempotencyRecord {
  readonly operation: string;
  readonly fingerprints: Fingerprints;
  readonly outcomes: readonly RecordResult[];
}

/**
 * Claims an idempotency key in this transaction. Returns null when the key was free, otherwise the record of the
 * earlier call, locked until the transaction ends. Waits for an in-flight call with the same key, at most for the lock
 * timeout.
 */
export async function claimIdempotencyKey(
  tx: Tx,
  merchantId: string,
  key: string,
  operation: string,
  fingerprints: Fingerprints,
): Promise<IdempotencyRecord | null> {
  // The record of an expired key is replaced by the new call's.
  const claimed = await tx.query(
    `INSERT INTO idempotency_record AS old (merchant_id, key, operation, fingerprints) VALUES ($1, $2, $3, $4)
     ON CONFLICT (merchant_id, key) DO UPDATE
       SET operation = excluded.operation, fingerprints = excluded.fingerprints, outcomes = NULL, created_at = excluded.created_at
       WHERE old.created_at < now() - $5 * interval '1 day'
     RETURNING 1`,
    [merchantId, key, operation, JSON.stringify(fingerprints), IDEMPOTENCY_KEY_KEPT_DAYS],
  );
  if (claimed.length > 0) return null;
  // Locked, so that of two calls that resume the earlier one, the second waits for the first.
  const [record] = await tx.query<IdempotencyRecord>(
    `SELECT operation, '{"version": 1}' || fingerprints AS fingerprints, outcomes
       FROM idempotency_record WHERE merchant_id = $1 AND key = $2 FOR UPDATE`,
    [merchantId, key],
  );
  // The record expired and was deleted between the two statements.
  return record ?? claimIdempotencyKey(tx, merchantId, key, operation, fingerprints);
}

/** Stores the outcomes of a call. Must run in the transaction that made the changes. */
export function storeOutcomes(
  tx: Tx,
  merchantId: string,
  key: string,
  fingerprints: Fingerprints,
  outcomes: readonly RecordResult[],
): void {
  tx.send('UPDATE idempotency_record SET fingerprints = $3, outcomes = $4 WHERE merchant_id = $1 AND key = $2', [
    merchantId,
    key,
    JSON.stringify(fingerprints),
    JSON.stringify(outcomes),
  ]);
}

/** Releases a claimed key, so that another call can use it. */
export function releaseIdempotencyKey(tx: Tx, merchantId: string, key: string): void {
  tx.send('DELETE FROM idempotency_record WHERE merchant_id = $1 AND key = $2', [merchantId, key]);
}

/** The stored result of a call that wrote. */
export interface KeptRecord {
  readonly operation: string;
  readonly outcomes: readonly RecordResult[];
  readonly createdAt: Date;
}

/** Returns the stored result for a key; null when the key is unknown or past `IDEMPOTENCY_KEY_KEPT_DAYS`. */
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

/**
 * Deletes expired records of all merchants, oldest first and at most `limit`; returns how many. Records locked by
 * another node are skipped.
 */
export async function deleteIdempotencyRecords(database: Queryable, limit: number): Promise<number> {
  const rows = await database.query(
    `DELETE FROM idempotency_record WHERE ctid = ANY(ARRAY(
       SELECT ctid FROM idempotency_record WHERE created_at < now() - $1 * interval '1 day' ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED))
     RETURNING 1`,
    [IDEMPOTENCY_KEY_KEPT_DAYS, limit],
  );
  return rows.length;
}
