import { addDays, type CivilDate } from '../../domain/dates.ts';
import type { PaymentStatus } from '../../domain/payment/state-machine.ts';
import { MOVED_DAYS_MAX, type Period, type ScheduleGroup, type Upcoming } from '../../domain/payment/upcoming.ts';
import { OPEN_TRANSACTION_STATUSES, type TransactionKind } from '../../domain/transaction.ts';
import type { Queryable } from '../connection/database.ts';

/** Months between two adjustments of a mandate; null where none are periodic. */
const MONTHS = `CASE mandate.adjustment_category WHEN 'QUARTERLY' THEN 3 WHEN 'BIANNUALLY' THEN 6 WHEN 'ANNUALLY' THEN 12 END`;

/** Date of the next adjustment of a mandate; null if it has none. */
const NEXT_ADJUSTMENT = `coalesce(mandate.adjustment_anchor, mandate.first_date, payment.first_nominal_date) + make_interval(months => ${MONTHS} * (mandate.adjustments_made + 1))`;

/**
 * Payments whose dates or amounts do not follow from their schedule alone: their mandate is not approved, its first
 * collection is to come or late, or its amount is adjusted. `$2` is today, `$3` the last nominal date that counts.
 */
const SINGULAR = `(payment.status = 'PENDING' OR coalesce(mandate.first_date >= $2::date - ${MOVED_DAYS_MAX}, false)
  OR coalesce(${NEXT_ADJUSTMENT} <= $3::date, false))`;

const PAYMENTS = `payment
  JOIN payment_method AS method ON method.merchant_id = payment.merchant_id AND method.id = payment.payment_method_id
  LEFT JOIN mandate ON mandate.merchant_id = payment.merchant_id AND mandate.id = payment.mandate_id`;

/**
 * Returns the payments with planned collections, grouped by what decides their dates until the end of a period. Payments
 * of `findSingularPayments` are left out.
 */
export async function findScheduleGroups(
  database: Queryable,
  merchantId: string,
  today: CivilDate,
  { to }: Period,
): Promise<ScheduleGroup[]> {
  const rows = await database.query<
    Omit<ScheduleGroup, 'planned' | 'amountCents'> & { amount: string; nominalDate: CivilDate; kind: TransactionKind }
  >(
    `SELECT method.id AS method_id, method.type AS method_type, method.date_adjustment_rule, payment.status, payment.interval,
            payment.process_day, CASE WHEN payment.date_start >= $2::date THEN payment.date_start END AS date_start,
            CASE WHEN least(payment.date_end, mandate.date_release) <= $3::date THEN least(payment.date_end, mandate.date_release) END AS last,
            planned.details->>'nominalDate' AS nominal_date, coalesce(planned.details->>'kind', 'REGULAR') AS kind, count(*),
            sum(least(payment.amount_cents, coalesce(mandate.maximum_amount_cents, payment.amount_cents)))::text AS amount
       FROM ${PAYMENTS}
       JOIN due_work AS planned ON planned.merchant_id = payment.merchant_id AND planned.kind = 'CREATE_TRANSACTION' AND planned.subject_id = payment.id
      WHERE payment.merchant_id = $1 AND payment.status IN ('RUNNING', 'PAUSED') AND NOT ${SINGULAR}
      GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10`,
    [merchantId, today, addDays(to, MOVED_DAYS_MAX)],
  );
  return rows.map(({ amount, nominalDate, kind, ...row }) => {
    return { ...row, planned: { nominalDate, kind }, amountCents: BigInt(amount) };
  });
}

/** Returns ids of payments that must be forecast one by one, after `after`, ascending, at most `limit`. */
export async function findSingularPayments(
  database: Queryable,
  merchantId: string,
  today: CivilDate,
  { to }: Period,
  after: string,
  limit: number,
): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    `SELECT payment.id FROM ${PAYMENTS}
      WHERE payment.merchant_id = $1 AND payment.id > $4 AND payment.status IN ('PENDING', 'RUNNING', 'PAUSED') AND ${SINGULAR}
      ORDER BY payment.id LIMIT $5`,
    [merchantId, today, addDays(to, MOVED_DAYS_MAX), after, limit],
  );
  return rows.map(({ id }) => id);
}

/** Returns the debits of a period that exist already and have no final result, by method, payment status and days. A retry is agreed for its own day. */
export async function findOpenCollections(
  database: Queryable,
  merchantId: string,
  { from, to }: Period,
): Promise<Upcoming[]> {
  const rows = await database.query<Omit<Upcoming, 'amountCents'> & { amount: string; status: PaymentStatus }>(
    `SELECT method.id AS method_id, payment.status, transaction.action_date AS day,
            CASE WHEN transaction.attempt = 1 THEN transaction.nominal_date ELSE transaction.action_date END AS nominal_day, count(*),
            sum(transaction.amount_cents)::text AS amount
       FROM transaction
       JOIN payment ON payment.merchant_id = transaction.merchant_id AND payment.id = transaction.payment_id
       JOIN payment_method AS method ON method.merchant_id = transaction.merchant_id AND method.id = transaction.payment_method_id
      WHERE transaction.merchant_id = $1 AND transaction.action_date BETWEEN $2 AND $3
        AND transaction.status = ANY($4::transaction_status[]) AND method.type <> 'PAY_IN'
      GROUP BY 1, 2, 3, 4`,
    [merchantId, from, to, OPEN_TRANSACTION_STATUSES],
  );
  return rows.map(({ amount, ...row }) => ({ ...row, amountCents: BigInt(amount) }));
}
