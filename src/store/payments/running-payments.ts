import type { RunningPayment } from '../../domain/customer/change-rules.ts';
import { type PaymentStatus, RUNNING_STATUSES, type StopCause } from '../../domain/payment/state-machine.ts';
import type { Debit } from '../../domain/submit/submit-context.ts';
import { CYCLE_RELEASING_STATUSES } from '../../domain/transaction.ts';
import type { Queryable } from '../connection/database.ts';

/**
 * Returns the running payments by owner, ordered by id: at most `limit` of each status and method type, because rules
 * depend on these and callers are shown no more. If the caller has locked the owner, none is added until the
 * transaction ends.
 */
export async function findRunningPayments(
  tx: Queryable,
  merchantId: string,
  owner: PaymentOwner,
  ids: readonly string[],
  limit: number,
): Promise<ReadonlyMap<string, readonly RunningPayment[]>> {
  const rows = await tx.query<RunningPayment & { ownerId: string; nth: number }>(
    `SELECT owner.id AS owner_id, payment.*
       FROM unnest($2::text[]) AS owner(id), LATERAL (
         SELECT payment.id, payment.status, customer_id, bank_account_id, method.type AS method_type,
                row_number() OVER (PARTITION BY payment.status, method.type ORDER BY payment.id) AS nth
           FROM payment
           JOIN payment_method AS method ON method.merchant_id = payment.merchant_id AND method.id = payment.payment_method_id
          WHERE payment.merchant_id = $1 AND payment.${owner} = owner.id AND payment.status IN (${RUNNING})) AS payment
      WHERE nth <= $3 ORDER BY payment.id`,
    [merchantId, ids, limit],
  );
  const groups = new Map<string, RunningPayment[]>(ids.map((id) => [id, []]));
  for (const { ownerId, nth: _nth, ...payment } of rows) groups.get(ownerId)?.push(payment);
  return groups;
}

/** Status literals, because the partial index on running payments does not serve parameters. */
const RUNNING = RUNNING_STATUSES.map((status) => `'${status}'`).join(', ');

/** Column of the owner whose payments are read. */
export type PaymentOwner = 'customer_id' | 'mandate_id' | 'bank_account_id';

/** Returns the ids of all running payments of these owners. */
export async function findRunningPaymentIds(
  tx: Queryable,
  merchantId: string,
  owner: PaymentOwner,
  ids: readonly string[],
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `SELECT id FROM payment WHERE merchant_id = $1 AND ${owner} = ANY($2) AND status IN (${RUNNING})`,
    [merchantId, ids],
  );
  return rows.map(({ id }) => id);
}

/** Returns the ids of the payments under mandates in a status and, when given, stopped for a cause. */
export async function findPaymentIdsOfMandates(
  tx: Queryable,
  merchantId: string,
  mandateIds: readonly string[],
  status: PaymentStatus,
  stopCause: StopCause | null = null,
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `SELECT id FROM payment WHERE merchant_id = $1 AND mandate_id = ANY($2) AND status = $3::payment_status
        AND ($4::text IS NULL OR stop_cause = $4)`,
    [merchantId, mandateIds, status, stopCause],
  );
  return rows.map(({ id }) => id);
}

/**
 * Returns what uses the cycles of mandates, by mandate: running payments, and all transactions except those whose
 * cycle is released (`CYCLE_RELEASING_STATUSES`). Only one-time mandates and those authorised by debtor or bank limit their cycles; others are
 * absent.
 */
export async function findDebits(
  tx: Queryable,
  merchantId: string,
  mandateIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Debit[]>> {
  if (mandateIds.length === 0) return new Map();
  const rows = await tx.query<Debit & { mandateId: string }>(
    `WITH limited AS (
       SELECT id FROM mandate
        WHERE merchant_id = $1 AND id = ANY($2) AND (maximum_amount_cents IS NOT NULL OR process_date IS NOT NULL))
     SELECT mandate_id, id AS payment_id, kind::text, first_nominal_date AS from,
            CASE kind WHEN 'RECURRING' THEN date_end ELSE first_nominal_date END AS to
       FROM payment
      WHERE merchant_id = $1 AND mandate_id = ANY(ARRAY(SELECT id FROM limited)) AND status IN (${RUNNING})
     UNION ALL
     SELECT mandate_id, payment_id, 'ONE_TIME', nominal_date, nominal_date FROM transaction
      WHERE merchant_id = $1 AND mandate_id = ANY(ARRAY(SELECT id FROM limited)) AND status <> ALL($3::transaction_status[])`,
    [merchantId, mandateIds, CYCLE_RELEASING_STATUSES],
  );
  const groups = new Map<string, Debit[]>();
  for (const { mandateId, ...debit } of rows) groups.set(mandateId, [...(groups.get(mandateId) ?? []), debit]);
  return groups;
}

/** Returns the payments stopped because their mandate was refused, by mandate, ids ascending. */
export async function findRefusedPaymentIds(
  tx: Queryable,
  merchantId: string,
  mandateIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await tx.query<{ mandateId: string; ids: string[] }>(
    `SELECT mandate_id, array_agg(id ORDER BY id) AS ids FROM payment
      WHERE merchant_id = $1 AND mandate_id = ANY($2) AND status = 'STOPPED' AND stop_cause = 'MANDATE_REFUSED'
      GROUP BY mandate_id`,
    [merchantId, mandateIds],
  );
  return new Map(rows.map(({ mandateId, ids }) => [mandateId, ids]));
}

/** Returns when each payment last left RUNNING for another status, by payment. */
export async function findHaltedSince(
  database: Queryable,
  merchantId: string,
  paymentIds: readonly string[],
): Promise<ReadonlyMap<string, Date>> {
  const rows = await database.query<{ id: string; at: Date }>(
    `SELECT DISTINCT ON (aggregate_id) aggregate_id AS id, occurred_at AS at FROM event
      WHERE merchant_id = $1 AND aggregate_type = 'PAYMENT' AND aggregate_id = ANY($2) AND to_status <> 'RUNNING'
        AND (from_status = 'RUNNING' OR from_status IS NULL AND to_status = 'PAUSED')
      ORDER BY aggregate_id, version DESC`,
    [merchantId, paymentIds],
  );
  return new Map(rows.map(({ id, at }) => [id, at]));
}

/** Returns which of these customers, bank accounts or mandates have a running payment. */
export async function findOwnersWithRunningPayments(
  database: Queryable,
  merchantId: string,
  owner: PaymentOwner,
  ownerIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await database.query<{ id: string }>(
    `SELECT owner.id FROM unnest($2::text[]) AS owner(id)
      WHERE EXISTS (SELECT FROM payment WHERE merchant_id = $1 AND ${owner} = owner.id AND status IN (${RUNNING}))`,
    [merchantId, ownerIds],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Returns which of these mandates have a COMPLETED payment. */
export async function findSettledMandates(
  tx: Queryable,
  merchantId: string,
  mandateIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ mandateId: string }>(
    `SELECT DISTINCT mandate_id FROM payment WHERE merchant_id = $1 AND mandate_id = ANY($2) AND status = 'COMPLETED'`,
    [merchantId, mandateIds],
  );
  return new Set(rows.map(({ mandateId }) => mandateId));
}

/** Returns the earliest first nominal date of the payments under each mandate, by mandate. */
export async function findFirstNominalDates(
  tx: Queryable,
  merchantId: string,
  mandateIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.query<{ mandateId: string; day: string }>(
    `SELECT mandate_id, min(first_nominal_date) AS day FROM payment
      WHERE merchant_id = $1 AND mandate_id = ANY($2) GROUP BY mandate_id`,
    [merchantId, mandateIds],
  );
  return new Map(rows.map(({ mandateId, day }) => [mandateId, day]));
}
