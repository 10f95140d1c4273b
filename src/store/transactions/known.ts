import type { CivilDate } from '../../domain/dates.ts';
import type { TransactionKind, TransactionStatus } from '../../domain/transaction.ts';
import type { Queryable } from '../connection/database.ts';

/** A debit of a payment to be inserted. */
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

/** A stored transaction. */
export interface KnownTransaction extends NewTransaction {
  readonly id: string;
  readonly status: TransactionStatus;
  /** Return code of the bank, or a code of the gateway; null when there is none. */
  readonly unpaidCode: string | null;
  readonly version: number;
}

/** Columns of a `KnownTransaction` in SQL. */
export const COLUMNS = `transaction.id, payment_id, customer_id, bank_account_id, mandate_id, transaction.payment_method_id, kind, nominal_date,
  attempt, action_date, amount_cents, transaction_reference, batch_reference, transaction.status, unpaid_code, transaction.version`;

/** Returns transactions by id, ordered by id and locked for update until the database transaction ends. */
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

/**
 * Returns the PENDING transactions of payments, ordered by id and locked for update until the database transaction
 * ends. Some may already be on their way to the bank.
 */
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

/**
 * Returns the PENDING transactions of payments that have no submission, by payment and ordered by action date. Pay-ins
 * are not included, because they are never sent.
 */
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

/**
 * A transaction found by the reference of a submission: what must be locked before it, and its status before that lock.
 */
export interface Submitted {
  readonly reference: string;
  readonly transactionId: string;
  readonly paymentId: string;
  readonly mandateId: string | null;
  readonly status: TransactionStatus;
}

/** Returns the transactions submitted under these references, by reference. Nothing is locked. */
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

/** Maximum number of transaction ids returned for a payment. */
const NAMED_MAX = 5;

/** Returns the first transaction ids of each payment, at most `NAMED_MAX`, by payment. */
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

/** Returns the payment id of each transaction, by transaction id. */
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
