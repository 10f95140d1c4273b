import type { PauseCause } from '../domain/payment.ts';
import { transitionPayment } from '../domain/payment.ts';
import { transitionTransaction } from '../domain/transaction.ts';
import type { Change } from '../store/change.ts';
import { findPaymentsForUpdate, movePayments, type PaymentMove } from '../store/payments.ts';
import { findRunningPaymentIds } from '../store/running-payments.ts';
import { findSubmitted } from '../store/submissions.ts';
import {
  findPendingForUpdate,
  findUnfinishedPayments,
  moveTransactions,
  type TransactionMove,
} from '../store/transactions.ts';

/**
 * Pauses every payment of customers, or stops it for good. What has not been sent to the bank is not sent any more; what
 * has been, or may have been, is answered as ever. A payment whose last debit is withdrawn so has nothing to come back to: it
 * is stopped.
 */
export async function pausePayments(
  change: Change,
  customerIds: readonly string[],
  cause: PauseCause,
  how: 'PAUSE' | 'STOP',
  failedReason: string,
): Promise<void> {
  const { tx, merchantId } = change;
  const running = await findRunningPaymentIds(tx, merchantId, customerIds);
  const payments = await findPaymentsForUpdate(tx, merchantId, running);
  const movable = [...payments.values()].filter(({ status }) => transitionPayment(status, how) !== null);
  const ids = movable.map(({ id }) => id);
  const withdrawn = await withdrawUnsent(change, ids, change.cause.reason ?? failedReason);
  const unfinished = await findUnfinishedPayments(tx, merchantId, ids);
  const moves = movable.flatMap((payment): PaymentMove[] => {
    const isOver = withdrawn.has(payment.id) && !unfinished.has(payment.id);
    const to = transitionPayment(payment.status, isOver ? 'STOP' : how);
    if (to === 'PAUSED') {
      if (payment.pauseCauses.includes(cause)) return [];
      return [{ payment, to, failedReason: null, pauseCauses: [...payment.pauseCauses, cause] }];
    }
    return to ? [{ payment, to, failedReason: to === 'STOPPED' ? failedReason : null }] : [];
  });
  await movePayments(change, moves);
}

/** Cancels the transactions that no one has begun to send; the payments they were of. */
async function withdrawUnsent(
  change: Change,
  paymentIds: readonly string[],
  reason: string | null,
): Promise<ReadonlySet<string>> {
  const { tx, merchantId, occurredAt } = change;
  const pending = await findPendingForUpdate(tx, merchantId, paymentIds);
  // Asked after the rows are locked: whoever records a submission holds them.
  const submitted = await findSubmitted(
    tx,
    merchantId,
    pending.map(({ id }) => id),
  );
  const moves = pending.flatMap((transaction): TransactionMove[] => {
    const to = submitted.has(transaction.id) ? null : transitionTransaction(transaction.status, 'CANCEL');
    return to ? [{ transaction, to, reasonCode: null, reason, chargedAt: null, occurredAt }] : [];
  });
  await moveTransactions(change, moves);
  return new Set(moves.map(({ transaction }) => transaction.paymentId));
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
