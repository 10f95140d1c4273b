import type { Cause } from '../../domain/event.ts';
import type { PaymentTerms } from '../../domain/mandate/propagated-terms.ts';
import type { PaymentTermsNow } from '../../domain/payment/change.ts';
import {
  eftReferenceKey,
  type PauseCause,
  type PaymentStatus,
  type StopCause,
} from '../../domain/payment/state-machine.ts';
import type { Lost } from '../../domain/schedule.ts';
import type { NewItem, Timing } from '../../domain/submit/plan.ts';
import { TAKEN_BACK_STATUSES } from '../../domain/transaction.ts';
import { insertRows } from '../connection/insert-rows.ts';
import { type AggregateTable, insertAggregates, updateAggregates } from '../events/aggregates.ts';
import { keysOf } from '../events/event-keys.ts';
import { insertEvents } from '../events/events.ts';
import type { WriteContext } from '../write-context.ts';
import { type KnownPayment, lockPayments } from './known.ts';

/** A payment to be inserted; the objects it refers to exist already. */
export interface NewPayment {
  readonly customerId: string;
  readonly bankAccountId: string | null;
  readonly mandateId: string | null;
  readonly cardId: string | null;
  readonly paymentMethodId: string;
  readonly status: PaymentStatus;
  readonly batchReference: string | null;
  readonly externalId: string | null;
  readonly transactionReference: string;
  readonly amountCents: number;
  readonly eftReference: string | null;
  readonly expiresAt: Date | null;
  readonly timing: Timing;
  readonly items: readonly NewItem[];
}

const PAYMENT: AggregateTable = { table: 'payment', type: 'PAYMENT' };

/** Inserts payments, their items and their events; returns the ids in the order of `payments`. */
export async function insertPayments(context: WriteContext, payments: readonly NewPayment[]): Promise<string[]> {
  const { tx, merchantId } = context;
  const rows = payments.map((payment) => {
    const id = tx.ids.newId('payment');
    const { customerId, mandateId, paymentMethodId, batchReference, amountCents, status } = payment;
    const keys = { paymentId: id, customerId, mandateId, paymentMethodId, batchReference, amountCents };
    return { id, status, columns: columnsOf(payment), keys };
  });
  insertAggregates(context, PAYMENT, rows);
  const items = payments.flatMap((payment, index) =>
    payment.items.map((item, position) => ({ merchantId, paymentId: rows[index]?.id, position, ...item })),
  );
  insertRows(tx, 'payment_item', items);
  return rows.map((row) => row.id);
}

function columnsOf(payment: NewPayment) {
  const { timing } = payment;
  return {
    customerId: payment.customerId,
    bankAccountId: payment.bankAccountId,
    mandateId: payment.mandateId,
    cardId: payment.cardId,
    paymentMethodId: payment.paymentMethodId,
    batchReference: payment.batchReference,
    externalId: payment.externalId,
    transactionReference: payment.transactionReference,
    amountCents: payment.amountCents,
    eftReference: payment.eftReference,
    eftReferenceKey: payment.eftReference && eftReferenceKey(payment.eftReference),
    expiresAt: payment.expiresAt,
    kind: timing.kind,
    processDay: timing.processDay,
    interval: timing.interval,
    dateStart: timing.dateStart,
    dateEnd: timing.dateEnd,
    processDate: timing.processDate,
    firstNominalDate: timing.firstNominalDate,
    collectFrom: timing.collectFrom,
    pauseCauses: payment.status === 'PAUSED' ? (['CALLER'] satisfies PauseCause[]) : [],
  };
}

/** A transition of a payment to another status. */
export interface PaymentMove {
  readonly payment: KnownPayment;
  readonly to: PaymentStatus;
  /** Why the payment failed, in human-readable form; null unless it failed. */
  readonly failedReason: string | null;
  /** Why it is paused; only for a transition to PAUSED. */
  readonly pauseCauses?: readonly PauseCause[];
  /** Why it is stopped, where a later event can start it again. */
  readonly stopCause?: StopCause | undefined;
  /** Defaults to the cause of the write context. */
  readonly cause?: Cause | undefined;
}

/** Moves payments locked by the caller to another status and inserts their events. */
export function movePayments({ tx, merchantId, occurredAt, cause }: WriteContext, moves: readonly PaymentMove[]): void {
  if (moves.length === 0) return;
  tx.send(
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
  insertEvents(
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

/** Changes the terms of payments locked by the caller and inserts their events. */
export function updatePaymentTerms(
  context: WriteContext,
  changes: ReadonlyArray<{
    readonly payment: KnownPayment;
    readonly terms: Partial<PaymentTerms & PaymentTermsNow>;
    readonly cause?: Cause | undefined;
  }>,
): void {
  updateAggregates(
    context,
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

/**
 * Sets the outcome of payments from their transactions: REVERSED when a COMPLETED payment's money was taken back and
 * not collected by a later attempt, otherwise null. Locks the payments and inserts events for those that change.
 */
export async function setPaymentOutcomes(context: WriteContext, paymentIds: readonly string[]): Promise<void> {
  if (paymentIds.length === 0) return;
  const payments = await lockPayments(context.tx, context.merchantId, paymentIds);
  const rows = await context.tx.query<{ paymentId: string }>(
    `SELECT DISTINCT payment_id FROM transaction AS own
      WHERE merchant_id = $1 AND payment_id = ANY($2) AND charged_at IS NOT NULL AND status = ANY($3::transaction_status[])
        AND NOT EXISTS (
          SELECT FROM transaction AS again
           WHERE again.merchant_id = $1 AND again.payment_id = own.payment_id AND again.kind = own.kind
             AND again.nominal_date = own.nominal_date AND again.attempt > own.attempt AND again.status = 'PAID')`,
    [context.merchantId, paymentIds, TAKEN_BACK_STATUSES],
  );
  const takenBack = new Set(rows.map(({ paymentId }) => paymentId));
  const outcomeOf = ({ id, status }: KnownPayment) =>
    status === 'COMPLETED' && takenBack.has(id) ? ('REVERSED' as const) : null;
  const changed = [...payments.values()].filter((payment) => payment.outcome !== outcomeOf(payment));
  updateAggregates(
    context,
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

/** Writes an event, with a new version, for each pay-in that has received deposits. */
export function noteDeposits(
  context: WriteContext,
  notes: ReadonlyArray<{ readonly payment: KnownPayment; readonly reason: string }>,
): void {
  updateAggregates(
    context,
    PAYMENT,
    notes.map(({ payment, reason }) => ({
      id: payment.id,
      version: payment.version,
      fromStatus: payment.status,
      toStatus: payment.status,
      columns: {},
      keys: keysOf({ ...payment, paymentId: payment.id }),
      cause: { ...context.cause, reason },
      part: 'DEPOSIT',
    })),
  );
}

/** A payment and those of its collections that are skipped. */
export interface SkippedCollections {
  readonly payment: KnownPayment;
  readonly lost: readonly Pick<Lost, 'nominalDate' | 'reason'>[];
}

/**
 * Inserts one event for each skipped collection of payments locked by the caller. Returns all given payments by id,
 * with the versions they have then.
 */
export async function noteSkipped(
  { tx, merchantId, occurredAt, cause }: WriteContext,
  skipped: readonly SkippedCollections[],
): Promise<ReadonlyMap<string, KnownPayment>> {
  const losing = skipped.filter(({ lost }) => lost.length > 0);
  if (losing.length > 0) {
    const counts = losing.map(({ payment, lost }) => ({ id: payment.id, count: lost.length }));
    tx.send(
      `UPDATE payment SET version = version + skipped.count, updated_at = now()
         FROM json_to_recordset($1::json) AS skipped(id text, count int)
        WHERE payment.merchant_id = $2 AND payment.id = skipped.id`,
      [JSON.stringify(counts), merchantId],
    );
  }
  const events = losing.flatMap(({ payment, lost }) =>
    lost.map(({ nominalDate, reason }, index) => ({
      aggregateType: 'PAYMENT' as const,
      aggregateId: payment.id,
      version: payment.version + index + 1,
      fromStatus: payment.status,
      toStatus: payment.status,
      occurredAt,
      cause: { ...cause, reason: `The collection of ${nominalDate} is skipped. ${reason}` },
      part: 'COLLECTION' as const,
      keys: keysOf({ ...payment, paymentId: payment.id }),
    })),
  );
  insertEvents(tx, merchantId, events);
  return new Map(
    skipped.map(({ payment, lost }) => [payment.id, { ...payment, version: payment.version + lost.length }]),
  );
}
