import type { TransactionStatus } from '../../domain/transaction.ts';
import type { Queryable, Tx } from '../connection/database.ts';
import { insertRows } from '../connection/insert-rows.ts';

/**
 * A submission of a transaction to the bank. The gateway assigns the reference and queries the bank by it after a
 * crash.
 */
export interface NewSubmission {
  readonly reference: string;
  readonly transactionId: string;
  readonly attempt: number;
  /** Connector to which it is sent; null for a deposit. */
  readonly connectorId: string | null;
  readonly submittedAt: Date;
  /** Amount of a deposit that covers part of a pay-in; absent for the whole amount of the transaction. */
  readonly amountCents?: number;
  /** When it was received, where that is already known. */
  readonly acknowledgedAt?: Date;
}

/** Records submissions before they are sent. Existing records are left as they are, since they may have been sent. */
export function insertSubmissions(tx: Tx, merchantId: string, submissions: readonly NewSubmission[]): void {
  const rows = submissions.map((submission) => ({ merchantId, ...submission }));
  insertRows(tx, 'submission', rows, 'ON CONFLICT DO NOTHING');
}

/** Records submissions that another system made. A reference that is in use fails the transaction, which is then repeated. */
export function insertFormerSubmissions(tx: Tx, merchantId: string, submissions: readonly NewSubmission[]): void {
  insertRows(
    tx,
    'submission',
    submissions.map((submission) => ({ merchantId, ...submission })),
  );
}

/** A recorded submission: its reference, and the connector to which it is sent. */
export interface Recorded {
  readonly reference: string;
  readonly connectorId: string;
}

/** Returns the submissions not yet acknowledged by the bank, by transaction. They may have been sent. */
export async function findUnacknowledged(
  tx: Queryable,
  merchantId: string,
  transactionIds: readonly string[],
): Promise<ReadonlyMap<string, Recorded>> {
  const rows = await tx.query<Recorded & { transactionId: string }>(
    `SELECT transaction_id, reference, connector_id FROM submission
      WHERE merchant_id = $1 AND transaction_id = ANY($2) AND acknowledged_at IS NULL AND connector_id IS NOT NULL`,
    [merchantId, transactionIds],
  );
  return new Map(rows.map(({ transactionId, ...row }) => [transactionId, row]));
}

/** Returns the number of submissions by transaction; those without any are absent. */
export async function countSubmissions(
  tx: Queryable,
  merchantId: string,
  transactionIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.query<{ transactionId: string; count: number }>(
    'SELECT transaction_id, count(*) FROM submission WHERE merchant_id = $1 AND transaction_id = ANY($2) GROUP BY transaction_id',
    [merchantId, transactionIds],
  );
  return new Map(rows.map(({ transactionId, count }) => [transactionId, count]));
}

/** Returns which of these transactions have a submission, whatever its result. They may be at the bank. */
export async function findSubmitted(
  tx: Queryable,
  merchantId: string,
  transactionIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ transactionId: string }>(
    'SELECT transaction_id FROM submission WHERE merchant_id = $1 AND transaction_id = ANY($2)',
    [merchantId, transactionIds],
  );
  return new Set(rows.map((row) => row.transactionId));
}

/** Marks submissions as acknowledged at an instant; one that was acknowledged before keeps its time. */
export function acknowledgeSubmissions(tx: Tx, merchantId: string, references: readonly string[], at: Date): void {
  tx.send(
    'UPDATE submission SET acknowledged_at = $3 WHERE merchant_id = $1 AND reference = ANY($2) AND acknowledged_at IS NULL',
    [merchantId, references, at],
  );
}

/** Deletes submissions that were recorded but not taken by the bank. */
export function deleteSubmissions(tx: Tx, merchantId: string, references: readonly string[]): void {
  if (references.length === 0) return;
  tx.send('DELETE FROM submission WHERE merchant_id = $1 AND reference = ANY($2)', [merchantId, references]);
}

/** Returns the last submission of each of these transactions that is in one of `statuses`. */
export async function findLastSubmissions(
  tx: Queryable,
  merchantId: string,
  transactionIds: readonly string[],
  statuses: readonly TransactionStatus[],
): Promise<
  ReadonlyArray<{ readonly transactionId: string; readonly reference: string; readonly connectorId: string | null }>
> {
  return tx.query(
    `SELECT DISTINCT ON (transaction.id) transaction.id AS transaction_id, submission.reference, submission.connector_id
       FROM transaction
       JOIN submission ON submission.merchant_id = transaction.merchant_id AND submission.transaction_id = transaction.id
      WHERE transaction.merchant_id = $1 AND transaction.id = ANY($2) AND transaction.status = ANY($3::transaction_status[])
      ORDER BY transaction.id, submission.attempt DESC`,
    [merchantId, transactionIds, statuses],
  );
}
