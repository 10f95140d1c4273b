import type { CivilDate } from '../../domain/dates.ts';
import type { Collected } from '../../domain/mandate/read-change.ts';
import type { Result } from '../../domain/payment/stop.ts';
import { OPEN_TRANSACTION_STATUSES, type TransactionKind, type TransactionStatus } from '../../domain/transaction.ts';
import type { Queryable } from '../database.ts';
import { COLUMNS, type KnownTransaction } from './known.ts';

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
