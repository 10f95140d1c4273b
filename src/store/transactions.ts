import type { CivilDate } from '../domain/dates.ts';
import type { Collected } from '../domain/mandate/read-change.ts';
import type { Result } from '../domain/payment/stop.ts';
import type { TransactionKind, TransactionStatus } from '../domain/transaction.ts';
import { OPEN_TRANSACTION_STATUSES } from '../domain/transaction.ts';
import { type AggregateTable, insertAggregates, updateAggregates } from './aggregates.ts';
import type { Change } from './change.ts';
import type { Queryable } from './database.ts';
import { insertEvents } from './events.ts';
import { keysOf } from './payments.ts';

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

const TRANSACTION: AggregateTable = { table: 'transaction', type: 'TRANSACTION' };

/**
 * Writes transactions, PENDING, and their events; those written. One that exists for the same payment, kind, nominal date
 * and attempt is left out: whatever runs twice, nothing is collected twice.
 */
export async function insertTransactions(
  change: Change,
  transactions: readonly NewTransaction[],
): Promise<KnownTransaction[]> {
  const { tx, merchantId } = change;
  const rows = transactions.map((row) => ({
    ...row,
    id: tx.ids.newId('transaction'),
    status: 'PENDING' as const,
    unpaidCode: null,
    version: 1,
  }));
  const existing = await tx.query<{ paymentId: string; nominalDate: CivilDate; kind: string; attempt: number }>(
    `SELECT payment_id, nominal_date, kind, attempt FROM transaction WHERE merchant_id = $1 AND payment_id = ANY($2)`,
    [merchantId, rows.map((row) => row.paymentId)],
  );
  const made = new Set(existing.map(identityOf));
  const fresh = rows.filter((row) => !made.has(identityOf(row)));
  await insertAggregates(
    change,
    TRANSACTION,
    fresh.map(({ id, status, version: _first, unpaidCode: _none, ...row }) => ({
      id,
      status,
      columns: { ...row, statusChangedAt: change.occurredAt },
      keys: keysOf(row),
    })),
  );
  return fresh;
}

function identityOf(row: { paymentId: string; nominalDate: string; kind: string; attempt: number }): string {
  return [row.paymentId, row.kind, row.nominalDate, row.attempt].join(' ');
}

const COLUMNS = `transaction.id, payment_id, customer_id, bank_account_id, mandate_id, payment_method_id, kind, nominal_date, attempt,
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

export interface TransactionMove {
  readonly transaction: KnownTransaction;
  readonly to: TransactionStatus;
  readonly reasonCode: string | null;
  readonly reason: string | null;
  /** When the money moved; null unless it did now. */
  readonly chargedAt: Date | null;
  readonly occurredAt: Date;
}

/** Moves transactions locked by this transaction to another status, at most one move each, and writes the events. */
export async function moveTransactions(
  { tx, merchantId, cause }: Change,
  moves: readonly TransactionMove[],
): Promise<void> {
  if (moves.length === 0) return;
  const rows = moves.map(({ transaction, to, reasonCode, chargedAt, occurredAt }) => ({
    id: transaction.id,
    status: to,
    unpaid_code: reasonCode,
    charged_at: chargedAt,
    status_changed_at: occurredAt,
  }));
  await tx.query(
    `UPDATE transaction SET status = move.status::transaction_status, version = version + 1, updated_at = now(),
            unpaid_code = CASE WHEN move.status <> 'PAID' THEN coalesce(move.unpaid_code, transaction.unpaid_code) END,
            charged_at = coalesce(move.charged_at, transaction.charged_at),
            was_tracked = transaction.was_tracked OR move.status = 'IN_TRACKING', status_changed_at = move.status_changed_at
       FROM json_to_recordset($1::json) AS move(id text, status text, unpaid_code text, charged_at timestamptz, status_changed_at timestamptz)
      WHERE transaction.merchant_id = $2 AND transaction.id = move.id`,
    [JSON.stringify(rows), merchantId],
  );
  await insertEvents(
    tx,
    merchantId,
    moves.map(({ transaction, to, reasonCode, reason, occurredAt }) => ({
      aggregateType: 'TRANSACTION',
      aggregateId: transaction.id,
      version: transaction.version + 1,
      fromStatus: transaction.status,
      toStatus: to,
      occurredAt,
      cause: { ...cause, reasonCode, reason },
      keys: keysOf(transaction),
    })),
  );
}

/** Of these payments, those that have a transaction from which money may still come, or a collection still to be made. */
export async function findUnfinishedPayments(
  tx: Queryable,
  merchantId: string,
  paymentIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ paymentId: string }>(
    `SELECT payment_id FROM transaction WHERE merchant_id = $1 AND payment_id = ANY($2) AND status = ANY($3::transaction_status[])
      UNION SELECT subject_id FROM due_work WHERE merchant_id = $1 AND kind = 'CREATE_TRANSACTION' AND subject_id = ANY($2)`,
    [merchantId, paymentIds, OPEN_TRANSACTION_STATUSES],
  );
  return new Set(rows.map((row) => row.paymentId));
}

/** Gives transactions locked by this transaction another day on which they are made, and writes the events. */
export async function moveActionDates(
  change: Change,
  moves: ReadonlyArray<{ readonly transaction: KnownTransaction; readonly actionDate: CivilDate }>,
): Promise<void> {
  await updateAggregates(
    change,
    TRANSACTION,
    moves.map(({ transaction, actionDate }) => ({
      id: transaction.id,
      version: transaction.version,
      fromStatus: transaction.status,
      toStatus: transaction.status,
      columns: { actionDate },
      keys: keysOf(transaction),
      cause: { ...change.cause, reason: `Too late to be sent for ${transaction.actionDate}: made on ${actionDate}.` },
    })),
  );
}

/** What never came to be, or was not ours to collect: it stands between no two debits. */
const NO_DEBITS: readonly TransactionStatus[] = ['CANCELLED', 'REJECTED_BY_API'];

/** The debits before and after transactions of a payment, by transaction. */
export async function findNeighbours(
  tx: Queryable,
  merchantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly Result[]>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.query<Result & { id: string }>(
    `SELECT own.id, near.status, near.unpaid_code
       FROM transaction AS own, LATERAL (
         (SELECT status, unpaid_code FROM transaction AS other
           WHERE other.merchant_id = $1 AND other.payment_id = own.payment_id AND other.status <> ALL($3::transaction_status[])
             AND (other.nominal_date, other.attempt, other.id) < (own.nominal_date, own.attempt, own.id)
           ORDER BY other.nominal_date DESC, other.attempt DESC, other.id DESC LIMIT 1)
         UNION ALL
         (SELECT status, unpaid_code FROM transaction AS other
           WHERE other.merchant_id = $1 AND other.payment_id = own.payment_id AND other.status <> ALL($3::transaction_status[])
             AND (other.nominal_date, other.attempt, other.id) > (own.nominal_date, own.attempt, own.id)
           ORDER BY other.nominal_date, other.attempt, other.id LIMIT 1)) AS near
      WHERE own.merchant_id = $1 AND own.id = ANY($2)`,
    [merchantId, ids, NO_DEBITS],
  );
  return grouped(rows, ({ id }) => id);
}

function grouped<Row>(rows: readonly Row[], keyOf: (row: Row) => string): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
}

/** Which of these payments have a transaction that is PAID. */
export async function findPaymentsPaid(
  tx: Queryable,
  merchantId: string,
  paymentIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ paymentId: string }>(
    `SELECT DISTINCT payment_id FROM transaction WHERE merchant_id = $1 AND payment_id = ANY($2) AND status = 'PAID'`,
    [merchantId, paymentIds],
  );
  return new Set(rows.map(({ paymentId }) => paymentId));
}

/** The last collection that was made of a payment, the last regular one, and how many there were. */
export interface LastCollection {
  readonly kind: TransactionKind;
  readonly nominalDate: CivilDate;
  readonly lastRegular: CivilDate | null;
  /** Whether the first collection is among them. */
  readonly hasFirst: boolean;
  readonly count: number;
}

/** The last collections of payments, by payment. */
export async function findLastCollections(
  tx: Queryable,
  merchantId: string,
  paymentIds: readonly string[],
): Promise<ReadonlyMap<string, LastCollection>> {
  const rows = await tx.query<LastCollection & { paymentId: string }>(
    `SELECT DISTINCT ON (payment_id) payment_id, kind, nominal_date,
            count(*) FILTER (WHERE attempt = 1) OVER of_payment AS count,
            max(nominal_date) FILTER (WHERE kind = 'REGULAR') OVER of_payment AS last_regular,
            bool_or(kind = 'FIRST') OVER of_payment AS has_first
       FROM transaction WHERE merchant_id = $1 AND payment_id = ANY($2)
     WINDOW of_payment AS (PARTITION BY payment_id)
      ORDER BY payment_id, nominal_date DESC, kind DESC`,
    [merchantId, paymentIds],
  );
  return new Map(rows.map(({ paymentId, ...row }) => [paymentId, row]));
}

/** The last attempt at the last date of payments, by payment. */
export async function findLastTransactions(
  tx: Queryable,
  merchantId: string,
  paymentIds: readonly string[],
): Promise<ReadonlyMap<string, KnownTransaction>> {
  const rows = await tx.query<KnownTransaction>(
    `SELECT DISTINCT ON (payment_id) ${COLUMNS} FROM transaction
      WHERE merchant_id = $1 AND payment_id = ANY($2) ORDER BY payment_id, nominal_date DESC, attempt DESC, id DESC`,
    [merchantId, paymentIds],
  );
  return new Map(rows.map((row) => [row.paymentId, row]));
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

/** Of mandates that have transactions: whether their first collection is among them. */
export async function findCollectedMandates(
  tx: Queryable,
  merchantId: string,
  mandateIds: readonly string[],
): Promise<ReadonlyMap<string, Collected>> {
  if (mandateIds.length === 0) return new Map();
  const rows = await tx.query<{ mandateId: string; first: boolean }>(
    `SELECT mandate_id, bool_or(kind = 'FIRST') AS first FROM transaction
      WHERE merchant_id = $1 AND mandate_id = ANY($2) GROUP BY mandate_id`,
    [merchantId, mandateIds],
  );
  return new Map(rows.map(({ mandateId, first }) => [mandateId, { first, any: true }]));
}
