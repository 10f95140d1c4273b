import type { CivilDate } from '../../domain/dates.ts';
import type { TransactionKind, TransactionStatus } from '../../domain/transaction.ts';
import type { Queryable } from '../database.ts';

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
export const COLUMNS = `transaction.id, payment_id, customer_id, bank_account_id, mandate_id, payment_method_id, kind, nominal_date, attempt,
  action_date, amount_cents, transaction_reference, batch_reference, status, unpaid_code, version`;

/** Transactions by id, locked against other changes until the transaction ends. */
export async function findTransactionsForUpdate(
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
export async function findPendingForUpdate(
  tx: Queryable,
  merchantId: string,
  paymentIds: readonly string[],
): Promise<KnownTransaction[]> {
  return tx.query(
    `SELECT ${COLUMNS} FROM transaction WHERE merchant_id = $1 AND payment_id = ANY($2) AND status = 'PENDING' ORDER BY id FOR UPDATE`,
    [merchantId, paymentIds],
  );
}

/** The payments of transactions, by transaction id: which is to be locked before the transaction itself. */
export async function findPaymentIdsOfSubmissions(
  tx: Queryable,
  merchantId: string,
  references: readonly string[],
): Promise<ReadonlyMap<string, { transactionId: string; paymentId: string }>> {
  const rows = await tx.query<{ reference: string; transactionId: string; paymentId: string }>(
    `SELECT submission.reference, transaction.id AS transaction_id, transaction.payment_id
       FROM submission JOIN transaction ON transaction.merchant_id = submission.merchant_id AND transaction.id = submission.transaction_id
      WHERE submission.merchant_id = $1 AND submission.reference = ANY($2)`,
    [merchantId, references],
  );
  return new Map(rows.map((row) => [row.reference, row]));
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
