import type { Cause } from '../../domain/event.ts';
import { type PauseCause, type StopCause, transitionPayment } from '../../domain/payment/state-machine.ts';
import { transitionTransaction } from '../../domain/transaction.ts';
import { deleteDueWork } from '../../store/due-work.ts';
import type { KnownPayment } from '../../store/payments/known.ts';
import { movePayments, type PaymentMove } from '../../store/payments/write.ts';
import { lockPendingTransactions } from '../../store/transactions/known.ts';
import { findSubmitted } from '../../store/transactions/submissions.ts';
import { moveTransactions, type TransactionMove } from '../../store/transactions/write.ts';
import type { WriteContext } from '../../store/write-context.ts';

/** Why a payment cannot go on, and who caused it; whoever caused the whole change when absent. */
export interface Explanation {
  readonly reason: string | null;
  readonly cause?: Cause | undefined;
  /** What its being stopped means for what comes. */
  readonly stopCause?: StopCause | undefined;
}

/** For a while, until somebody runs it again, or for good. */
export type Halt = 'PAUSE' | 'STOP' | 'CANCEL' | 'EXPIRE';

/**
 * Halts payments locked by this transaction. What has been sent to the bank, or may have been, is answered as ever. What has not been
 * sent is cancelled; a pause, and a bank account that was disabled, hold it until its cut-off instead: when the payment runs again
 * before, it is sent (DOMAIN §4.4).
 */
export async function haltPayments(
  context: WriteContext,
  payments: readonly KnownPayment[],
  how: Halt,
  pauseCause: PauseCause,
  explain: (payment: KnownPayment) => Explanation,
): Promise<void> {
  const { tx, merchantId } = context;
  const movable = payments.filter(({ status }) => transitionPayment(status, how) !== null);
  if (movable.length === 0) return;
  const ids = movable.map(({ id }) => id);
  if (how !== 'PAUSE') {
    const released = movable.filter((payment) => explain(payment).stopCause !== 'ACCOUNT_DISABLED');
    await withdrawUnsent(context, released, explain);
    await deleteDueWork(tx, merchantId, 'CREATE_TRANSACTION', ids);
    await deleteDueWork(tx, merchantId, 'END_PAYMENT', ids);
    await deleteDueWork(tx, merchantId, 'EXPIRE_PAY_IN', ids);
  }
  const moves = movable.flatMap((payment): PaymentMove[] => {
    const { reason, cause: by, stopCause } = explain(payment);
    const to = transitionPayment(payment.status, how);
    if (to === 'PAUSED') {
      if (payment.pauseCauses.includes(pauseCause)) return [];
      return [{ payment, to, failedReason: null, pauseCauses: [...payment.pauseCauses, pauseCause], cause: by }];
    }
    const isFailure = to === 'STOPPED' || how === 'EXPIRE';
    return to ? [{ payment, to, failedReason: isFailure ? reason : null, stopCause, cause: by }] : [];
  });
  await movePayments(context, moves);
}

/** Cancels the transactions that no one has begun to send, and pay-ins that are waited for. */
async function withdrawUnsent(
  context: WriteContext,
  payments: readonly KnownPayment[],
  explain: (payment: KnownPayment) => Explanation,
): Promise<void> {
  const { tx, merchantId, occurredAt } = context;
  const byId = new Map(payments.map((payment) => [payment.id, payment]));
  const pending = await lockPendingTransactions(tx, merchantId, [...byId.keys()]);
  // Asked after the rows are locked: whoever records a submission holds them.
  const submitted = await findSubmitted(
    tx,
    merchantId,
    pending.map(({ id }) => id),
  );
  const moves = pending.flatMap((transaction): TransactionMove[] => {
    const payment = byId.get(transaction.paymentId);
    // A submission of a pay-in is a deposit that came, nothing that is under way.
    const isOnItsWay = payment?.kind !== 'PAY_IN' && submitted.has(transaction.id);
    const to = isOnItsWay ? null : transitionTransaction(transaction.status, 'CANCEL');
    const reason = context.cause.reason ?? (payment ? explain(payment).reason : null);
    return to ? [{ transaction, to, reasonCode: null, reason, chargedAt: null, occurredAt }] : [];
  });
  await moveTransactions(context, moves);
  await deleteDueWork(
    tx,
    merchantId,
    'SEND_TRANSACTION',
    moves.map(({ transaction }) => transaction.id),
  );
}
