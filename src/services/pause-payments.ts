import type { Cause } from '../domain/event.ts';
import type { PauseCause } from '../domain/payment.ts';
import { transitionPayment } from '../domain/payment.ts';
import { transitionTransaction } from '../domain/transaction.ts';
import type { Change } from '../store/change.ts';
import { findPaymentsForUpdate, type KnownPayment, movePayments, type PaymentMove } from '../store/payments.ts';
import { findRunningPaymentIds, type PaymentOwner } from '../store/running-payments.ts';
import { findSubmitted } from '../store/submissions.ts';
import {
  findPendingForUpdate,
  findUnfinishedPayments,
  moveTransactions,
  type TransactionMove,
} from '../store/transactions.ts';

/** Why an owner's payments cannot go on, and who caused it; whoever caused the whole change when absent. */
export interface Explanation {
  readonly reason: string;
  readonly cause?: Cause;
}

/**
 * Pauses every payment of customers or under mandates, or stops it for good. What has not been sent to the bank is not sent any more; what
 * has been, or may have been, is answered as ever. A payment whose last debit is withdrawn so has nothing to come back to: it
 * is stopped.
 */
export async function pausePayments(
  change: Change,
  owner: PaymentOwner,
  ownerIds: readonly string[],
  cause: PauseCause,
  how: 'PAUSE' | 'STOP',
  explain: (ownerId: string) => Explanation,
): Promise<void> {
  const { tx, merchantId } = change;
  const explanationOf = (payment: KnownPayment) =>
    explain((owner === 'customer_id' ? payment.customerId : payment.mandateId) ?? '');
  const running = await findRunningPaymentIds(tx, merchantId, owner, ownerIds);
  const payments = await findPaymentsForUpdate(tx, merchantId, running);
  const movable = [...payments.values()].filter(({ status }) => transitionPayment(status, how) !== null);
  const ids = movable.map(({ id }) => id);
  const withdrawn = await withdrawUnsent(change, movable, explanationOf);
  const unfinished = await findUnfinishedPayments(tx, merchantId, ids);
  const moves = movable.flatMap((payment): PaymentMove[] => {
    const { reason, cause: by } = explanationOf(payment);
    const isOver = withdrawn.has(payment.id) && !unfinished.has(payment.id);
    const to = transitionPayment(payment.status, isOver ? 'STOP' : how);
    if (to === 'PAUSED') {
      if (payment.pauseCauses.includes(cause)) return [];
      return [{ payment, to, failedReason: null, pauseCauses: [...payment.pauseCauses, cause], cause: by }];
    }
    return to ? [{ payment, to, failedReason: to === 'STOPPED' ? reason : null, cause: by }] : [];
  });
  await movePayments(change, moves);
}

/** Cancels the transactions that no one has begun to send; the payments they were of. */
async function withdrawUnsent(
  change: Change,
  payments: readonly KnownPayment[],
  explain: (payment: KnownPayment) => Explanation,
): Promise<ReadonlySet<string>> {
  const { tx, merchantId, occurredAt } = change;
  const byId = new Map(payments.map((payment) => [payment.id, payment]));
  const pending = await findPendingForUpdate(tx, merchantId, [...byId.keys()]);
  // Asked after the rows are locked: whoever records a submission holds them.
  const submitted = await findSubmitted(
    tx,
    merchantId,
    pending.map(({ id }) => id),
  );
  const moves = pending.flatMap((transaction): TransactionMove[] => {
    const to = submitted.has(transaction.id) ? null : transitionTransaction(transaction.status, 'CANCEL');
    const payment = byId.get(transaction.paymentId);
    const reason = change.cause.reason ?? (payment ? explain(payment).reason : null);
    return to ? [{ transaction, to, reasonCode: null, reason, chargedAt: null, occurredAt }] : [];
  });
  await moveTransactions(change, moves);
  return new Set(moves.map(({ transaction }) => transaction.paymentId));
}

/** Ends one cause of a pause: what has no other runs again, on the dates that are left. */
export async function resumePayments(
  change: Change,
  owner: PaymentOwner,
  ownerIds: readonly string[],
  cause: PauseCause,
  causeOf: (ownerId: string) => Cause | undefined = () => undefined,
): Promise<void> {
  const { tx, merchantId } = change;
  const payments = await findPaymentsForUpdate(
    tx,
    merchantId,
    await findRunningPaymentIds(tx, merchantId, owner, ownerIds),
  );
  const paused = [...payments.values()].filter(({ pauseCauses }) => pauseCauses.includes(cause));
  const moves = paused.flatMap((payment): PaymentMove[] => {
    const pauseCauses = payment.pauseCauses.filter((item) => item !== cause);
    const by = causeOf((owner === 'customer_id' ? payment.customerId : payment.mandateId) ?? '');
    if (pauseCauses.length > 0) return [{ payment, to: payment.status, failedReason: null, pauseCauses, cause: by }];
    const to = transitionPayment(payment.status, 'RUN');
    return to ? [{ payment, to, failedReason: null, cause: by }] : [];
  });
  await movePayments(change, moves);
}
