import type { TransactionStatus } from '../../domain/transaction.ts';
import type { Queryable } from '../connection/database.ts';
import { insertRows } from '../connection/insert-rows.ts';

/** One sending to the bank. The reference is ours, and what the bank is asked by after a crash. */
export interface NewSubmission {
  readonly reference: string;
  readonly transactionId: string;
  readonly attempt: number;
  readonly submittedAt: Date;
  /** Of a deposit: a part of what a pay-in asked for; absent: the whole of the transaction. */
  readonly amountCents?: number;
  /** When it arrived, where that is known already. */
  readonly acknowledgedAt?: Date;
}

/** Records what is about to be sent. What was recorded before is left as it is: it may have been sent. */
export async function insertSubmissions(
  tx: Queryable,
  merchantId: string,
  submissions: readonly NewSubmission[],
): Promise<void> {
  const rows = submissions.map((submission) => ({ merchantId, ...submission }));
  await insertRows(tx, 'submission', rows, 'ON CONFLICT DO NOTHING');
}

/** Submissions of transactions that no bank has acknowledged yet: recorded, and perhaps sent. */
export async function findUnacknowledged(
  tx: Queryable,
  merchantId: string,
  transactionIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.query<{ transactionId: string; reference: string }>(
    `SELECT transaction_id, reference FROM submission
      WHERE merchant_id = $1 AND transaction_id = ANY($2) AND acknowledged_at IS NULL`,
    [merchantId, transactionIds],
  );
  return new Map(rows.map((row) => [row.transactionId, row.reference]));
}

/** How often a transaction was submitted. */
export async function countSubmissions(tx: Queryable, merchantId: string, transactionId: string): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    'SELECT count(*) FROM submission WHERE merchant_id = $1 AND transaction_id = $2',
    [merchantId, transactionId],
  );
  return row?.count ?? 0;
}

/** Which of these transactions were recorded to be sent, whatever came of it: they may be at the bank. */
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

export async function acknowledgeSubmissions(
  tx: Queryable,
  merchantId: string,
  references: readonly string[],
  at: Date,
): Promise<void> {
  await tx.query(
    'UPDATE submission SET acknowledged_at = $3 WHERE merchant_id = $1 AND reference = ANY($2) AND acknowledged_at IS NULL',
    [merchantId, references, at],
  );
}

/** Forgets what was recorded to be sent and was not taken. */
export async function deleteSubmissions(
  tx: Queryable,
  merchantId: string,
  references: readonly string[],
): Promise<void> {
  if (references.length === 0) return;
  await tx.query('DELETE FROM submission WHERE merchant_id = $1 AND reference = ANY($2)', [merchantId, references]);
}

/** The references under which transactions in one of these statuses were sent last. */
export async function findReferencesOf(
  tx: Queryable,
  merchantId: string,
  transactionIds: readonly string[],
  statuses: readonly TransactionStatus[],
): Promise<string[]> {
  const rows = await tx.query<{ reference: string }>(
    `SELECT DISTINCT ON (transaction.id) submission.reference
       FROM transaction
       JOIN submission ON submission.merchant_id = transaction.merchant_id AND submission.transaction_id = transaction.id
      WHERE transaction.merchant_id = $1 AND transaction.id = ANY($2) AND transaction.status = ANY($3::transaction_status[])
      ORDER BY transaction.id, submission.attempt DESC`,
    [merchantId, transactionIds, statuses],
  );
  return rows.map(({ reference }) => reference);
}
