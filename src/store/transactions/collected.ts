import type { Made } from '../../domain/collected-cycles.ts';
import type { CivilDate } from '../../domain/dates.ts';
import type { ReturnedDebit } from '../../domain/mandate/authority.ts';
import type { Collected } from '../../domain/mandate/read-change.ts';
import type { LastReturn } from '../../domain/mandate/returns.ts';
import { NEVER_PRESENTED_STATUSES, OPEN_TRANSACTION_STATUSES, RETURNED_STATUSES } from '../../domain/transaction.ts';
import { NO_FUNDS_CODE, SKIPPED_CODE, WITHDRAWING_CODES } from '../../domain/unpaid-codes.ts';
import type { Queryable } from '../connection/database.ts';
import { COLUMNS, type KnownTransaction } from './known.ts';

/** Returns which of these payments have an open transaction or a planned collection. */
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

/**
 * Returns, by mandate, the debits that the bank returned with a code that can withdraw the authority, ordered by action
 * date. `followsNoFunds` is true when the debit presented before under the mandate, for any payment, was unpaid for
 * insufficient funds.
 */
export async function findReturnedDebits(
  tx: Queryable,
  merchantId: string,
  mandateIds: readonly string[],
): Promise<ReadonlyMap<string, readonly ReturnedDebit[]>> {
  const rows = await tx.query<ReturnedDebit & { mandateId: string }>(
    `SELECT own.mandate_id, own.status, own.unpaid_code, own.status_changed_at,
            coalesce((SELECT before.status = 'UNPAID' AND before.unpaid_code = $6 FROM transaction AS before
              WHERE before.merchant_id = $1 AND before.mandate_id = own.mandate_id AND before.status <> ALL($5::transaction_status[])
                AND (before.action_date, before.nominal_date, before.attempt, before.id) < (own.action_date, own.nominal_date, own.attempt, own.id)
              ORDER BY before.action_date DESC, before.nominal_date DESC, before.attempt DESC, before.id DESC LIMIT 1), false) AS follows_no_funds
       FROM transaction AS own
      WHERE own.merchant_id = $1 AND own.mandate_id = ANY($2) AND own.status = ANY($3::transaction_status[]) AND own.unpaid_code = ANY($4)
      ORDER BY own.action_date, own.nominal_date, own.attempt, own.id`,
    [merchantId, mandateIds, RETURNED_STATUSES, WITHDRAWING_CODES, NEVER_PRESENTED_STATUSES, NO_FUNDS_CODE],
  );
  return grouped(rows, ({ mandateId }) => mandateId);
}

/**
 * Returns the return of the debit presented last under each mandate, by action date. Mandates whose last debit was not
 * returned are absent.
 */
export async function findLastReturns(
  tx: Queryable,
  merchantId: string,
  mandateIds: readonly string[],
): Promise<ReadonlyMap<string, LastReturn>> {
  if (mandateIds.length === 0) return new Map();
  const rows = await tx.query<LastReturn & { mandateId: string }>(
    `SELECT last.mandate_id, last.unpaid_code AS code, method.type AS method_type
       FROM (SELECT DISTINCT ON (mandate_id) mandate_id, payment_method_id, status, unpaid_code FROM transaction
              WHERE merchant_id = $1 AND mandate_id = ANY($2) AND status <> ALL($3::transaction_status[])
              ORDER BY mandate_id, action_date DESC, nominal_date DESC, attempt DESC, id DESC) AS last
       JOIN payment_method AS method ON method.merchant_id = $1 AND method.id = last.payment_method_id
      WHERE last.status = ANY($4::transaction_status[]) AND last.unpaid_code IS NOT NULL`,
    [merchantId, mandateIds, NEVER_PRESENTED_STATUSES, RETURNED_STATUSES],
  );
  return new Map(rows.map(({ mandateId, ...last }) => [mandateId, last]));
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

/** Returns which of these payments have a PAID transaction. */
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

/** The last collection of a payment, and the number of the last one: at least the number of collections made. */
export interface LastCollection extends Made {
  readonly count: number;
}

/** The number that a transaction appends to the reference of its payment, if it has one of at most six digits. */
const NUMBER = `CASE WHEN starts_with(transaction.transaction_reference, payment.transaction_reference || '-')
  THEN substring(substr(transaction.transaction_reference, length(payment.transaction_reference) + 2) FROM '^\\d{3,6}$')::int END`;

/** Returns the last collection of each payment by payment id. Payments without transactions are absent. */
export async function findLastCollections(
  tx: Queryable,
  merchantId: string,
  paymentIds: readonly string[],
): Promise<ReadonlyMap<string, LastCollection>> {
  const rows = await tx.query<LastCollection & { paymentId: string }>(
    `SELECT DISTINCT ON (payment_id) payment_id, transaction.kind, nominal_date,
            greatest(count(*) FILTER (WHERE attempt = 1) OVER of_payment, coalesce(max(${NUMBER}) OVER of_payment, 0)) AS count,
            max(nominal_date) FILTER (WHERE transaction.kind = 'REGULAR') OVER of_payment AS last_regular,
            bool_or(transaction.kind = 'FIRST') OVER of_payment AS has_first
       FROM transaction JOIN payment ON payment.merchant_id = transaction.merchant_id AND payment.id = transaction.payment_id
      WHERE transaction.merchant_id = $1 AND payment_id = ANY($2)
     WINDOW of_payment AS (PARTITION BY payment_id)
      ORDER BY payment_id, nominal_date DESC, transaction.kind DESC`,
    [merchantId, paymentIds],
  );
  return new Map(rows.map(({ paymentId, ...row }) => [paymentId, row]));
}

/**
 * A nominal date whose transaction was cancelled unsent, and whether a skipped collection is already recorded for it.
 */
export interface WithdrawnDate {
  readonly date: CivilDate;
  readonly isNoted: boolean;
}

/**
 * Returns the nominal dates of PAUSED and STOPPED payments whose transactions were cancelled since the payment last
 * ran, either by the stop or at the cut-off until which they were held. By payment, ordered by date.
 */
export async function findWithdrawnDates(
  database: Queryable,
  merchantId: string,
  paymentIds: readonly string[],
): Promise<ReadonlyMap<string, readonly WithdrawnDate[]>> {
  const rows = await database.query<WithdrawnDate & { paymentId: string }>(
    `SELECT payment.id AS payment_id, transaction.nominal_date::text AS date, bool_or(transaction.unpaid_code IS NOT NULL) AS is_noted
       FROM payment
       JOIN transaction ON transaction.merchant_id = payment.merchant_id AND transaction.payment_id = payment.id
      WHERE payment.merchant_id = $1 AND payment.id = ANY($2) AND payment.status IN ('PAUSED', 'STOPPED')
        AND transaction.status = 'CANCELLED' AND coalesce(transaction.unpaid_code, $3) = $3
        AND transaction.status_changed_at >= (
          SELECT max(occurred_at) FROM event
           WHERE event.merchant_id = $1 AND aggregate_type = 'PAYMENT' AND aggregate_id = payment.id
             AND from_status = 'RUNNING' AND to_status <> 'RUNNING')
      GROUP BY payment.id, transaction.nominal_date ORDER BY payment.id, transaction.nominal_date`,
    [merchantId, paymentIds, SKIPPED_CODE],
  );
  return grouped(rows, ({ paymentId }) => paymentId);
}

/** Returns the nominal dates of payments that have a transaction which is not CANCELLED, by payment. */
export async function findCollectedDates(
  database: Queryable,
  merchantId: string,
  paymentIds: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<CivilDate>>> {
  const rows = await database.query<{ paymentId: string; dates: CivilDate[] }>(
    `SELECT payment_id, array_agg(DISTINCT nominal_date::text) AS dates FROM transaction
      WHERE merchant_id = $1 AND payment_id = ANY($2) AND status <> 'CANCELLED' GROUP BY payment_id`,
    [merchantId, paymentIds],
  );
  return new Map(rows.map(({ paymentId, dates }) => [paymentId, new Set(dates)]));
}

/** Returns the last attempt at the last nominal date of each payment, by payment. */
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

/** Returns, by mandate, whether the FIRST collection was made. Mandates without transactions are absent. */
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
