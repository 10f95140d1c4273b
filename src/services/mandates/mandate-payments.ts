import type { Cause } from '../../domain/event.ts';
import { lookUp } from '../../domain/invariants.ts';
import { adjustmentOf } from '../../domain/mandate/adjustment.ts';
import {
  type PauseCause,
  type PaymentEvent,
  type StopCause,
  transitionPayment,
} from '../../domain/payment/state-machine.ts';
import { findBlacklisted } from '../../store/customers/customer-context.ts';
import { putDueWork } from '../../store/due-work/due-work.ts';
import { findHolidays } from '../../store/merchants/settings.ts';
import { type KnownPayment, lockPayments } from '../../store/payments/known.ts';
import { findPaymentIdsOfMandates } from '../../store/payments/running-payments.ts';
import { movePayments, noteSkipped, type PaymentMove } from '../../store/payments/write.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { pausePayments, resumePayments } from '../collections/pause-payments.ts';
import { collectionJob, endJobsOf, searchFirst } from '../collections/plan-collections.ts';
import { adjustmentJob } from './mandate-jobs.ts';

/** A mandate that made a transition, its cause, and the reason given to its payments. */
export interface MovedMandate {
  readonly mandateId: string;
  readonly cause: Cause;
  readonly reason: string;
}

const REFUSED: StopCause = 'MANDATE_REFUSED';

/** Applies the payment event of mandate transitions to the payments of the mandates (DOMAIN §0.1.1 to §0.1.3). */
export async function affectPayments(
  context: WriteContext,
  event: PaymentEvent,
  pauseCause: PauseCause,
  mandates: readonly MovedMandate[],
): Promise<void> {
  const ids = mandates.map(({ mandateId }) => mandateId);
  const causes = new Map(mandates.map((mandate) => [mandate.mandateId, mandate]));
  switch (event) {
    case 'APPROVED':
      return startPayments(context, causes);
    case 'REFUSED':
      return moveWaiting(context, causes, 'PENDING', event, null);
    case 'CANCEL':
      return moveWaiting(context, causes, 'PENDING', event, null);
    case 'RESUBMITTED':
      return moveWaiting(context, causes, 'STOPPED', event, REFUSED);
    case 'PAUSE':
    case 'STOP':
      return pausePayments(context, 'mandate_id', ids, pauseCause, event, (id) => causes.get(id) ?? { reason: '' });
    case 'RUN':
      return resumePayments(context, 'mandate_id', ids, pauseCause, (id) => causes.get(id)?.cause);
    default:
      throw new Error(`mandate transitions do not cause the payment event ${event}`);
  }
}

async function moveWaiting(
  context: WriteContext,
  mandates: ReadonlyMap<string, MovedMandate>,
  from: 'PENDING' | 'STOPPED',
  event: PaymentEvent,
  stopCause: StopCause | null,
): Promise<void> {
  const { tx, merchantId } = context;
  const ids = await findPaymentIdsOfMandates(tx, merchantId, [...mandates.keys()], from, stopCause);
  const payments = await lockPayments(tx, merchantId, ids);
  const moves = [...payments.values()].flatMap((payment): PaymentMove[] => {
    const to = transitionPayment(payment.status, event);
    const mandate = lookUp(mandates, payment.mandateId);
    if (!to || !mandate) return [];
    const failed = to === 'STOPPED' ? { failedReason: mandate.reason, stopCause: REFUSED } : { failedReason: null };
    return [{ payment, to, cause: mandate.cause, ...failed }];
  });
  movePayments(context, moves);
}

/**
 * Starts PENDING payments of approved mandates on the dates left; a one-time payment whose date has passed is stopped.
 */
async function startPayments(context: WriteContext, mandates: ReadonlyMap<string, MovedMandate>): Promise<void> {
  const { tx, merchantId, occurredAt: now } = context;
  const ids = await findPaymentIdsOfMandates(tx, merchantId, [...mandates.keys()], 'PENDING');
  if (ids.length === 0) return;
  const payments = [...(await lockPayments(tx, merchantId, ids)).values()];
  const holidays = await findHolidays(tx, merchantId);
  const first = new Map(payments.map((payment) => [payment.id, searchFirst(payment, now, holidays)]));
  const running = payments.filter(({ id }) => first.get(id)?.next);
  const noted = await noteSkipped(
    context,
    payments.map((payment) => ({ payment, lost: first.get(payment.id)?.lost ?? [] })),
  );
  const moves = [...noted.values()].flatMap((payment): PaymentMove[] => {
    const isLate = !first.get(payment.id)?.next;
    const to = transitionPayment(payment.status, isLate ? 'DATE_PASSED' : 'APPROVED');
    if (!to) return [];
    const failedReason = isLate ? 'The collection date passed before the mandate was approved.' : null;
    return [{ payment, to, failedReason, cause: lookUp(mandates, payment.mandateId)?.cause }];
  });
  movePayments(context, moves);
  const work = moves.flatMap(({ payment }) => {
    const occurrence = first.get(payment.id)?.next;
    return occurrence ? [collectionJob(payment.id, occurrence, 1)] : [];
  });
  const adjusting = [
    ...new Set(
      payments.flatMap(({ mandateId, mandate }) => (mandateId && mandate && adjustmentOf(mandate) ? [mandateId] : [])),
    ),
  ];
  putDueWork(context, [...work, ...endJobsOf(running), ...adjusting.map((id) => adjustmentJob(id, now))]);
  await pauseBlacklisted(context, payments);
}

/** Pauses payments of customers that were blacklisted in the meantime. */
async function pauseBlacklisted(context: WriteContext, payments: readonly KnownPayment[]): Promise<void> {
  const blacklisted = await findBlacklisted(
    context.tx,
    context.merchantId,
    payments.map(({ customerId }) => customerId),
  );
  if (blacklisted.length === 0) return;
  const reason = 'The customer is blacklisted.';
  await pausePayments(context, 'customer_id', blacklisted, 'CUSTOMER_BLACKLISTED', 'PAUSE', () => ({ reason }));
}
