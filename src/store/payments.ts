import type { DateAdjustmentRule } from '../domain/calendar.ts';
import type { CivilDate } from '../domain/dates.ts';
import type { Cause, EventKeys } from '../domain/event.ts';
import type { Adjustable } from '../domain/mandate/adjustment.ts';
import type { PaymentTerms } from '../domain/mandate/followed-terms.ts';
import type { KnownMandate } from '../domain/mandate/mandate.ts';
import type { PaymentTermsNow } from '../domain/payment/change.ts';
import {
  eftReferenceKey,
  type PauseCause,
  type PaymentKind,
  type PaymentMethodType,
  type PaymentOutcome,
  type PaymentStatus,
  type StopCause,
} from '../domain/payment/life.ts';
import type { PaymentInterval } from '../domain/schedule.ts';
import type { NewItem, Timing } from '../domain/submit/plan.ts';
import { TAKEN_BACK_STATUSES } from '../domain/transaction.ts';
import { type AggregateTable, insertAggregates, updateAggregates } from './aggregates.ts';
import type { Change } from './change.ts';
import { type Queryable, snakeCase } from './database.ts';
import { insertEvents } from './events.ts';
import { insertRows } from './insert-rows.ts';

/** A payment to be written, all it refers to being there. */
export interface NewPayment {
  readonly customerId: string;
  readonly bankAccountId: string | null;
  readonly mandateId: string | null;
  readonly cardId: string | null;
  readonly paymentMethodId: string;
  readonly status: PaymentStatus;
  readonly batchReference: string | null;
  readonly transactionReference: string;
  readonly amountCents: number;
  readonly eftReference: string | null;
  readonly expiresAt: Date | null;
  readonly timing: Timing;
  readonly items: readonly NewItem[];
}

const PAYMENT: AggregateTable = { table: 'payment', type: 'PAYMENT' };

/** Writes payments, their items and their events; their ids, in the same order. */
export async function insertPayments(change: Change, payments: readonly NewPayment[]): Promise<string[]> {
  const { tx, merchantId } = change;
  const rows = payments.map(({ timing: { first, ...timing }, items: _items, status, ...payment }) => {
    const id = tx.ids.newId('payment');
    const eftKey = payment.eftReference && eftReferenceKey(payment.eftReference);
    const columns = { ...payment, ...timing, firstNominalDate: first.nominalDate, eftReferenceKey: eftKey };
    return { id, status, columns, keys: keysOf({ ...payment, paymentId: id }) };
  });
  await insertAggregates(change, PAYMENT, rows);
  const items = payments.flatMap((payment, index) =>
    payment.items.map((item, position) => ({ merchantId, paymentId: rows[index]?.id, position, ...item })),
  );
  await insertRows(tx, 'payment_item', items);
  return rows.map((row) => row.id);
}

/** Whom and what payments are of, in the order of the ids. */
export async function findPaymentParties(
  database: Queryable,
  merchantId: string,
  ids: readonly string[],
): Promise<Array<{ customerId: string; bankAccountId: string | null; mandateId: string | null }>> {
  return database.query(
    `SELECT customer_id, bank_account_id, mandate_id FROM payment
      WHERE merchant_id = $1 AND id = ANY($2) ORDER BY array_position($2::text[], id)`,
    [merchantId, ids],
  );
}

/** Whom and what payments are of, as a record of a submission names them. */
export async function findParties(database: Queryable, merchantId: string, ids: readonly string[]) {
  return database.query<{
    readonly customerId: string;
    readonly bankAccountId: string | null;
    readonly mandateId: string | null;
    readonly paymentMethodId: string;
  }>(
    `SELECT DISTINCT customer_id, bank_account_id, mandate_id, payment_method_id FROM payment
      WHERE merchant_id = $1 AND id = ANY($2)`,
    [merchantId, ids],
  );
}

/** A payment as the clock and the bank see it. */
export interface KnownPayment {
  readonly id: string;
  readonly customerId: string;
  readonly bankAccountId: string | null;
  readonly mandateId: string | null;
  readonly cardId: string | null;
  readonly paymentMethodId: string;
  readonly kind: PaymentKind;
  readonly status: PaymentStatus;
  readonly batchReference: string | null;
  readonly transactionReference: string;
  readonly amountCents: number;
  readonly processDay: number | null;
  readonly interval: PaymentInterval | null;
  readonly dateStart: CivilDate | null;
  readonly dateEnd: CivilDate | null;
  readonly processDate: CivilDate | null;
  readonly firstNominalDate: CivilDate;
  /** Empty unless it is PAUSED. */
  readonly pauseCauses: readonly PauseCause[];
  /** Why it is STOPPED, where something can start or complete it. */
  readonly stopCause: StopCause | null;
  readonly outcome: PaymentOutcome | null;
  readonly version: number;
  /** Of its mandate; null for a pay-in. */
  readonly mandate: PaymentMandate | null;
  /** Of its method. */
  readonly methodType: PaymentMethodType;
  readonly dateAdjustmentRule: DateAdjustmentRule;
}

/** What of a mandate its collections need. */
export type PaymentMandate = Adjustable &
  Pick<KnownMandate, 'dateRelease' | 'processDate' | 'firstAmountCents' | 'firstDate' | 'firstMode'> &
  Pick<KnownMandate, 'paymentTrackingMaxDays' | 'adjustmentAnchor' | 'adjustmentsMade'>;

const MANDATE_FIELDS = [
  'amountCents',
  'maximumAmountCents',
  'adjustmentCategory',
  'adjustmentRate',
  'adjustmentAmountCents',
  'dateRelease',
  'processDate',
  'firstAmountCents',
  'firstDate',
  'firstMode',
  'paymentTrackingMaxDays',
  'adjustmentAnchor',
  'adjustmentsMade',
] as const satisfies ReadonlyArray<keyof PaymentMandate>;
const MANDATE_JSON = MANDATE_FIELDS.map((name) => `'${name}', mandate.${snakeCase(name)}`).join(', ');

const KNOWN = `SELECT payment.id, payment.customer_id, payment.bank_account_id, payment.mandate_id, payment.card_id,
            payment.payment_method_id, payment.kind, payment.status, payment.batch_reference, payment.transaction_reference,
            payment.amount_cents, payment.process_day, payment.interval, payment.date_start, payment.date_end,
            payment.process_date, payment.first_nominal_date, payment.pause_causes, payment.stop_cause, payment.outcome,
            payment.version, CASE WHEN mandate.id IS NOT NULL THEN json_build_object(${MANDATE_JSON}) END AS mandate,
            method.type AS method_type, method.date_adjustment_rule
       FROM payment
       JOIN payment_method AS method ON method.merchant_id = payment.merchant_id AND method.id = payment.payment_method_id
       LEFT JOIN mandate ON mandate.merchant_id = payment.merchant_id AND mandate.id = payment.mandate_id
      WHERE payment.merchant_id = $1 AND payment.id = ANY($2)
      ORDER BY payment.id`;

/** Payments by id, locked against other changes until the transaction ends. */
export function findPaymentsForUpdate(
  tx: Queryable,
  merchantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KnownPayment>> {
  return readPayments(tx, `${KNOWN} FOR UPDATE OF payment`, merchantId, ids);
}

/** Payments by id, to be looked at. */
export function findPayments(
  database: Queryable,
  merchantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KnownPayment>> {
  return readPayments(database, KNOWN, merchantId, ids);
}

async function readPayments(database: Queryable, sql: string, merchantId: string, ids: readonly string[]) {
  const rows = ids.length > 0 ? await database.query<KnownPayment>(sql, [merchantId, ids]) : [];
  return new Map(rows.map((row) => [row.id, row]));
}

export interface PaymentMove {
  readonly payment: KnownPayment;
  readonly to: PaymentStatus;
  /** Why it failed, for people; null unless it did. */
  readonly failedReason: string | null;
  /** Why it is paused, when it comes to be PAUSED. */
  readonly pauseCauses?: readonly PauseCause[];
  /** Why it is stopped, where something can start it again. */
  readonly stopCause?: StopCause | undefined;
  /** Who caused it; that of the whole change when absent. */
  readonly cause?: Cause | undefined;
}

/** Moves payments locked by this transaction to another status, and writes the events. */
export async function movePayments(
  { tx, merchantId, occurredAt, cause }: Change,
  moves: readonly PaymentMove[],
): Promise<void> {
  if (moves.length === 0) return;
  await tx.query(
    `UPDATE payment SET status = move.status::payment_status, version = version + 1, updated_at = now(),
            pause_causes = move.pause_causes, stop_cause = move.stop_cause, failed_reason = move.failed_reason,
            failed_at = CASE WHEN move.failed_reason IS NOT NULL THEN $2::timestamptz END
       FROM json_to_recordset($1::json) AS move(id text, status text, failed_reason text, pause_causes text[], stop_cause text)
      WHERE payment.merchant_id = $3 AND payment.id = move.id`,
    [
      JSON.stringify(
        moves.map(({ payment, to, failedReason, pauseCauses = [], stopCause = null }) => ({
          id: payment.id,
          status: to,
          failed_reason: failedReason,
          pause_causes: pauseCauses,
          stop_cause: stopCause,
        })),
      ),
      occurredAt,
      merchantId,
    ],
  );
  await insertEvents(
    tx,
    merchantId,
    moves.map(({ payment, to, failedReason, cause: own = cause }) => ({
      aggregateType: 'PAYMENT',
      aggregateId: payment.id,
      version: payment.version + 1,
      fromStatus: payment.status,
      toStatus: to,
      occurredAt,
      cause: { ...own, reason: own.reason ?? failedReason },
      keys: keysOf({ ...payment, paymentId: payment.id }),
    })),
  );
}

/** Gives payments locked by this transaction other terms, and writes the events. */
export async function updatePaymentTerms(
  change: Change,
  changes: ReadonlyArray<{
    readonly payment: KnownPayment;
    readonly terms: Partial<PaymentTerms & PaymentTermsNow>;
    readonly cause?: Cause | undefined;
  }>,
): Promise<void> {
  await updateAggregates(
    change,
    PAYMENT,
    changes.map(({ payment, terms, cause }) => ({
      id: payment.id,
      version: payment.version,
      fromStatus: payment.status,
      toStatus: payment.status,
      columns: { ...terms },
      keys: keysOf({ ...payment, ...terms, paymentId: payment.id }),
      cause,
    })),
  );
}

/** Whether what a COMPLETED payment collected was taken back: by its transactions, as they stand. */
export async function setPaymentOutcomes(change: Change, paymentIds: readonly string[]): Promise<void> {
  if (paymentIds.length === 0) return;
  const payments = await findPaymentsForUpdate(change.tx, change.merchantId, paymentIds);
  const rows = await change.tx.query<{ paymentId: string }>(
    `SELECT DISTINCT payment_id FROM transaction
      WHERE merchant_id = $1 AND payment_id = ANY($2) AND charged_at IS NOT NULL AND status = ANY($3::transaction_status[])`,
    [change.merchantId, paymentIds, TAKEN_BACK_STATUSES],
  );
  const takenBack = new Set(rows.map(({ paymentId }) => paymentId));
  const outcomeOf = ({ id, status }: KnownPayment) =>
    status === 'COMPLETED' && takenBack.has(id) ? ('REVERSED' as const) : null;
  const changed = [...payments.values()].filter((payment) => payment.outcome !== outcomeOf(payment));
  await updateAggregates(
    change,
    PAYMENT,
    changed.map((payment) => ({
      id: payment.id,
      version: payment.version,
      fromStatus: payment.status,
      toStatus: payment.status,
      columns: { outcome: outcomeOf(payment) },
      keys: keysOf({ ...payment, paymentId: payment.id }),
    })),
  );
}

/** Notes that money came in for a pay-in locked by this transaction: an event. */
export async function noteDeposit(change: Change, payment: KnownPayment, reason: string): Promise<void> {
  await updateAggregates(change, PAYMENT, [
    {
      id: payment.id,
      version: payment.version,
      fromStatus: payment.status,
      toStatus: payment.status,
      columns: {},
      keys: keysOf({ ...payment, paymentId: payment.id }),
      cause: { ...change.cause, reason },
      part: 'DEPOSIT',
    },
  ]);
}

/** Notes that collections of payments locked by this transaction are left out, and why: an event each. */
export async function noteSkipped(
  change: Change,
  skipped: ReadonlyArray<{ readonly payment: KnownPayment; readonly reason: string }>,
): Promise<void> {
  await updateAggregates(
    change,
    PAYMENT,
    skipped.map(({ payment, reason }) => ({
      id: payment.id,
      version: payment.version,
      fromStatus: payment.status,
      toStatus: payment.status,
      columns: {},
      keys: keysOf({ ...payment, paymentId: payment.id }),
      cause: { ...change.cause, reason },
      part: 'COLLECTION',
    })),
  );
}

/** What of a row its events are found by. */
export function keysOf({
  paymentId,
  customerId,
  mandateId,
  paymentMethodId,
  batchReference,
  amountCents,
}: EventKeys): EventKeys {
  return { paymentId, customerId, mandateId, paymentMethodId, batchReference, amountCents };
}
