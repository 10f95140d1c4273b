import type { CivilDate } from '../../domain/dates.ts';
import type { TransactionKind, TransactionStatus } from '../../domain/transaction.ts';
import type { Queryable } from '../connection/database.ts';

/** One debit to be made of a payment. */
export interface NewTransaction {
  readonly paymentId: string;
  readonly customerId: string;
  readonly bankAccountId: string | null;
  readonly mandateId: string | null;
  readonly paymentMethodId: string;
  readonly kind: TransactionKind;
  readonly nominalDate: CivilDate;
  readonly attempt: number;
  readonly actionDate: CivilDate;
  readonly amountCents: number;
  readonly transactionReference: string;
  readonly batchReference: string | null;
}

export interface KnownTransaction extends NewTransaction {
  readonly id: string;
  readonly status: TransactionStatus;
  /** The bank's return code, or ours. */
  readonly unpaidCode: string | null;
  readonly version: number;
}

/** What of a row is known. */
export const COLUMNS = `transaction.id, payment_id, customer_id, bank_account_id, mandate_id, transaction.payment_method_id, kind, nominal_date,
  attempt, action_date, amount_cents, transaction_reference, batch_reference, transaction.status, unpaid_code, transaction.version`;

/** Transactions by id, locked against other changes until the transaction ends. */
export async function lockTransactions(
  tx: Queryable,
  merchantId: string,
  ids: readonly string[],
): Promise<KnownTransaction[]> {
  return tx.query(`SELECT ${COLUMNS} FROM transaction WHERE merchant_id = $1 AND id = ANY($2) ORDER BY id FOR UPDATE`, [
    merchantId,
    ids,
  ]);
}

/** The transactions of payments that the bank has not acknowledged, locked until the transaction ends. Some may be on their way. */
export async function lockPendingTransactions(
  tx: Queryable,
  merchantId: string,
  paymentIds: readonly string[],
): Promise<KnownTransaction[]> {
  return tx.query(
    `SELECT ${COLUMNS} FROM transaction WHERE merchant_id = $1 AND payment_id = ANY($2) AND status = 'PENDING' ORDER BY id FOR UPDATE`,
    [merchantId, paymentIds],
  );
}

/** The transactions of payments that are PENDING and that nobody has begun to send, in the order of their action dates, by payment. */
export async function findUnsent(
  database: Queryable,
  merchantId: string,
  paymentIds: readonly string[],
): Promise<ReadonlyMap<string, readonly KnownTransaction[]>> {
  const rows = await database.query<KnownTransaction>(
    `SELECT ${COLUMNS} FROM transaction
       JOIN payment_method AS method ON method.merchant_id = transaction.merchant_id AND method.id = transaction.payment_method_id
      WHERE transaction.merchant_id = $1 AND payment_id = ANY($2) AND transaction.status = 'PENDING' AND method.type <> 'PAY_IN'
        AND NOT EXISTS (SELECT FROM submission WHERE submission.merchant_id = $1 AND submission.transaction_id = transaction.id)
      ORDER BY action_date, transaction.id`,
    [merchantId, paymentIds],
  );
  const groups = new Map<string, KnownTransaction[]>();
  for (const row of rows) groups.set(row.paymentId, [...(groups.get(row.paymentId) ?? []), row]);
  return groups;
}

/** A transaction that the bank knows by a reference: what is to be locked before it, and its status before that. */
export interface Submitted {
  readonly reference: string;
  readonly transactionId: string;
  readonly paymentId: string;
  readonly mandateId: string | null;
  readonly status: TransactionStatus;
}

/** The transactions that were submitted under references, by reference. */
export async function findSubmittedTransactions(
  tx: Queryable,
  merchantId: string,
  references: readonly string[],
): Promise<ReadonlyMap<string, Submitted>> {
  const rows = await tx.query<Submitted>(
    `SELECT submission.reference, transaction.id AS transaction_id, transaction.payment_id, transaction.mandate_id, transaction.status
       FROM submission JOIN transaction ON transaction.merchant_id = submission.merchant_id AND transaction.id = submission.transaction_id
      WHERE submission.merchant_id = $1 AND submission.reference = ANY($2)`,
    [merchantId, references],
  );
  return new Map(rows.map((row) => [row.reference, row]));
}

/**
 * How many days after the action date the bank may watch the account for funds, by transaction: as its mandate allows, and never after the
 * end of payment or mandate. Absent where it may not.
 */
export async function findTrackingDays(
  database: Queryable,
  merchantId: string,
  transactionIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await database.query<{ id: string; days: number }>(
    `SELECT transaction.id,
            least(mandate.payment_tracking_max_days, payment.date_end - action_date, mandate.date_release - action_date) AS days
       FROM transaction
       JOIN payment ON payment.merchant_id = transaction.merchant_id AND payment.id = transaction.payment_id
       JOIN mandate ON mandate.merchant_id = transaction.merchant_id AND mandate.id = transaction.mandate_id
      WHERE transaction.merchant_id = $1 AND transaction.id = ANY($2) AND mandate.payment_tracking_max_days IS NOT NULL`,
    [merchantId, transactionIds],
  );
  return new Map(rows.flatMap(({ id, days }) => (days > 0 ? [[id, days]] : [])));
}

/** At most so many transactions of a payment are named. */
const NAMED_MAX = 5;

/** Transactions of payments, the first of each, by payment. */
export async function findTransactionIds(
  tx: Queryable,
  merchantId: string,
  paymentIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await tx.query<{ paymentId: string; ids: string[] }>(
    `SELECT payment.id AS payment_id, ARRAY(
       SELECT transaction.id FROM transaction
        WHERE transaction.merchant_id = $1 AND payment_id = payment.id ORDER BY transaction.id LIMIT ${NAMED_MAX}) AS ids
       FROM unnest($2::text[]) AS payment(id)`,
    [merchantId, paymentIds],
  );
  return new Map(rows.map(({ paymentId, ids }) => [paymentId, ids]));
}

/** The payments of transactions, by the id of the transaction. */
export async function findPaymentIdsOfTransactions(
  tx: Queryable,
  merchantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.query<{ id: string; paymentId: string }>(
    'SELECT id, payment_id FROM transaction WHERE merchant_id = $1 AND id = ANY($2)',
    [merchantId, ids],
  );
  return new Map(rows.map(({ id, paymentId }) => [id, paymentId]));
}
