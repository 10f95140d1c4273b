import type { PauseCause } from '../domain/payment.ts';
import { transitionPayment } from '../domain/payment.ts';
import { transitionTransaction } from '../domain/transaction.ts';
import type { Change } from '../store/change.ts';
import { findPaymentsForUpdate, movePayments, type PaymentMove } from '../store/payments.ts';
import { findRunningPaymentIds } from '../store/running-payments.ts';
import { findUnsentForUpdate, moveTransactions } from '../store/transactions.ts';

/**
 * Pauses every payment of customers, or stops it for good. What has not been sent to the bank is not sent any more; what
 * has been is answered as ever. A one-time payment whose only debit is withdrawn so is stopped: its day will not come again.
 */
export async function pausePayments(
  change: Change,
  customerIds: readonly string[],
  cause: PauseCause,
  how: 'PAUSE' | 'STOP',
  failedReason: string,
): Promise<void> {
  const { tx, merchantId, occurredAt } = change;
  const payments = await findPaymentsForUpdate(
    tx,
    merchantId,
    await findRunningPaymentIds(tx, merchantId, customerIds),
  );
  const movable = [...payments.values()].filter(({ status }) => transitionPayment(status, how) !== null);
  const unsent = await findUnsentForUpdate(
    tx,
    merchantId,
    movable.map(({ id }) => id),
  );
  const withdrawn = new Set(unsent.map(({ paymentId }) => paymentId));
  const moves = movable.flatMap((payment): PaymentMove[] => {
    const event = payment.kind === 'ONE_TIME' && withdrawn.has(payment.id) ? 'STOP' : how;
    const to = transitionPayment(payment.status, event);
    if (to === 'PAUSED') {
      if (payment.pauseCauses.includes(cause)) return [];
      return [{ payment, to, failedReason: null, pauseCauses: [...payment.pauseCauses, cause] }];
    }
    return to ? [{ payment, to, failedReason }] : [];
  });
  await movePayments(change, moves);
  await moveTransactions(
    change,
    unsent.flatMap((transaction) => {
      const to = transitionTransaction(transaction.status, 'CANCEL');
      return to ? [{ transaction, to, reasonCode: null, reason: failedReason, chargedAt: null, occurredAt }] : [];
    }),
  );
}

/** Ends one cause of a pause: what has no other runs again, on the dates that are left. */
export async function resumePayments(change: Change, customerIds: readonly string[], cause: PauseCause): Promise<void> {
  const { tx, merchantId } = change;
  const payments = await findPaymentsForUpdate(
    tx,
    merchantId,
    await findRunningPaymentIds(tx, merchantId, customerIds),
  );
  const paused = [...payments.values()].filter(({ pauseCauses }) => pauseCauses.includes(cause));
  const moves = paused.flatMap((payment): PaymentMove[] => {
    const pauseCauses = payment.pauseCauses.filter((item) => item !== cause);
    if (pauseCauses.length > 0) return [{ payment, to: payment.status, failedReason: null, pauseCauses }];
    const to = transitionPayment(payment.status, 'RUN');
    return to ? [{ payment, to, failedReason: null }] : [];
  });
  await movePayments(change, moves);
}
