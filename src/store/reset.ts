import { randomUUID } from 'node:crypto';
import type { Tx } from './connection/database.ts';

/**
 * Data of a sandbox merchant, referencing tables first. Keys, methods, holidays, settings, webhook endpoints and audit entries are kept.
 */
const TABLES = [
  'webhook_delivery',
  'due_work',
  'bank_message',
  'sandbox_entry',
  'idempotency_record',
  'operation',
  'bank_instruction',
  'bank_file',
  'batch',
  'quarantined_answer',
  'settlement_entry',
  'settlement',
  'submission',
  'deposit',
  'transaction',
  'payment_item',
  'payment',
  'mandate_request',
  'mandate',
  'card',
  'bank_account',
  'customer',
  'repo_change',
  'id_seed',
] as const;

/** Number of rows deleted per statement. */
const SLICE = 20_000;

/**
 * Deletes the data of a sandbox merchant and starts its event log again under a new epoch, which invalidates its
 * cursors. No other code deletes rows that money depends on. Throws when the merchant is not a sandbox.
 */
export async function emptySandbox(tx: Tx, merchantId: string): Promise<void> {
  const own = await tx.query("SELECT FROM merchant WHERE id = $1 AND mode = 'SANDBOX' FOR UPDATE", [merchantId]);
  if (own.length === 0) throw new Error(`merchant ${merchantId} is not a sandbox`);
  // Nothing is queued for webhooks until the log is empty.
  tx.send('SELECT FROM webhook_progress WHERE merchant_id = $1 FOR UPDATE', [merchantId]);
  // Mandates refer to each other, so the references are cleared before the rows are deleted.
  tx.send('UPDATE mandate SET converted_from_id = NULL WHERE merchant_id = $1 AND converted_from_id IS NOT NULL', [
    merchantId,
  ]);
  for (const table of TABLES) await deleteAll(tx, table, merchantId);
  // This lock blocks the numbering of the merchant's events, so the log is deleted last.
  tx.send('SELECT FROM event_head WHERE merchant_id = $1 FOR UPDATE', [merchantId]);
  await deleteAll(tx, 'event', merchantId);
  tx.send('UPDATE event_head SET epoch = $2, last_position = 0, floor_position = 0 WHERE merchant_id = $1', [
    merchantId,
    randomUUID(),
  ]);
  tx.send('UPDATE merchant SET version = 1 WHERE id = $1', [merchantId]);
  tx.send(
    `UPDATE webhook_queue SET starts_after = 0, next_at = NULL, failures = 0, failing_since = NULL, paused_until = NULL
      WHERE merchant_id = $1`,
    [merchantId],
  );
}

/** Deletes in slices, so that no statement exceeds its timeout. */
async function deleteAll(tx: Tx, table: string, merchantId: string): Promise<void> {
  for (;;) {
    const [slice] = await tx.query<{ count: number }>(
      `WITH slice AS (DELETE FROM ${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM ${table} WHERE merchant_id = $1 LIMIT $2))
                      RETURNING 1)
       SELECT count(*) AS count FROM slice`,
      [merchantId, SLICE],
    );
    if ((slice?.count ?? 0) < SLICE) return;
  }
}

/** Sets the seed of a sandbox; later transactions derive their ids from it. */
export function setSeed(tx: Tx, merchantId: string, seed: string): void {
  tx.send('INSERT INTO id_seed (merchant_id, seed, ids_made) VALUES ($1, $2, 0)', [merchantId, seed]);
}
