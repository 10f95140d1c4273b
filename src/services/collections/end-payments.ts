import { civilDateOf } from '../../domain/dates.ts';
import { transitionPayment } from '../../domain/payment/state-machine.ts';
import { deleteDueWork, putDueWork } from '../../store/due-work/due-work.ts';
import type { DueWork } from '../../store/due-work/kinds.ts';
import { type KnownPayment, lockPayments } from '../../store/payments/known.ts';
import { movePayments, type PaymentMove } from '../../store/payments/write.ts';
import { findUnfinishedPayments } from '../../store/transactions/collected.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { haltPayments } from './halt-payments.ts';
import { endJobsOf, endOf } from './plan-collections.ts';

/**
 * Due job: ends recurring payments on the day after their end date. A RUNNING payment without an open transaction
 * becomes COMPLETED, even if nothing was ever collected; a PAUSED one becomes STOPPED (DOMAIN §4.4). A payment with an
 * open transaction completes when that is final.
 */
export async function endPayments(context: WriteContext, work: readonly DueWork[]): Promise<void> {
  const { tx, merchantId } = context;
  const ids = work.map(({ subjectId }) => subjectId);
  const payments = [...(await lockPayments(tx, merchantId, ids)).values()];
  deleteDueWork(tx, merchantId, 'END_PAYMENT', ids);
  const today = civilDateOf(context.occurredAt);
  putDueWork(
    context,
    endJobsOf(payments).filter(({ dueAt }) => dueAt > context.occurredAt),
  );
  const over = payments.filter((payment) => hasEnded(payment, today));
  const unfinished = await findUnfinishedPayments(tx, merchantId, ids);
  const moves = over.flatMap((payment): PaymentMove[] => {
    const to =
      payment.status === 'RUNNING' && !unfinished.has(payment.id) ? transitionPayment('RUNNING', 'ENDED') : null;
    return to ? [{ payment, to, failedReason: null }] : [];
  });
  movePayments(context, moves);
  const paused = over.filter(({ status }) => status === 'PAUSED');
  await haltPayments(context, paused, 'STOP', 'CALLER', () => ({
    reason: 'The end date passed while the payment was paused.',
  }));
}

/** Whether the last day on which a payment can be collected lies before `today`. */
export function hasEnded(payment: KnownPayment, today: string): boolean {
  const end = endOf(payment);
  return end !== null && end < today;
}
