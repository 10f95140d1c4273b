import type { Cause } from '../../domain/event.ts';
import { type PauseCause, type StopCause, transitionPayment } from '../../domain/payment/state-machine.ts';
import { transitionTransaction } from '../../domain/transaction.ts';
import { deleteDueWork } from '../../store/due-work/due-work.ts';
import type { KnownPayment } from '../../store/payments/known.ts';
import { movePayments, type PaymentMove } from '../../store/payments/write.ts';
import { lockPendingTransactions } from '../../store/transactions/known.ts';
import { findSubmitted } from '../../store/transactions/submissions.ts';
import { moveTransactions, type TransactionMove } from '../../store/transactions/write.ts';
import type { WriteContext } from '../../store/write-context.ts';

/** Why a payment is halted. `cause` defaults to the cause of the whole change. */
export interface Explanation {
  readonly reason: string | null;
  readonly cause?: Cause | undefined;
  /** Stored with a stop; decides which later events can reopen or complete the payment. */
  readonly stopCause?: StopCause | undefined;
}

/** How a payment is halted: PAUSE and STOP can be reversed, CANCEL and EXPIRE are final. */
export type Halt = 'PAUSE' | 'STOP' | 'CANCEL' | 'EXPIRE';

/**
 * Halts payments that the current database transaction has locked. Transactions that have been sent, or may have been,
 * proceed as usual; unsent ones are cancelled. A pause or a disabled bank account holds them until their cut-off
 * instead: they are sent if the payment resumes before it (DOMAIN §4.4). Payments that cannot make the transition are
 * left out.
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
    deleteDueWork(tx, merchantId, 'CREATE_TRANSACTION', ids);
    deleteDueWork(tx, merchantId, 'END_PAYMENT', ids);
    deleteDueWork(tx, merchantId, 'EXPIRE_PAY_IN', ids);
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
  movePayments(context, moves);
}

/** Cancels transactions whose submission has not been recorded, and open pay-ins. */
async function withdrawUnsent(
  context: WriteContext,
  payments: readonly KnownPayment[],
  explain: (payment: KnownPayment) => Explanation,
): Promise<void> {
  const { tx, merchantId, occurredAt } = context;
  const byId = new Map(payments.map((payment) => [payment.id, payment]));
  const pending = await lockPendingTransactions(tx, merchantId, [...byId.keys()]);
  // Read after the rows are locked: recording a submission requires the same locks.
  const submitted = await findSubmitted(
    tx,
    merchantId,
    pending.map(({ id }) => id),
  );
  const moves = pending.flatMap((transaction): TransactionMove[] => {
    const payment = byId.get(transaction.paymentId);
    // A submission of a pay-in is a received deposit, not a debit in flight.
    const isOnItsWay = payment?.kind !== 'PAY_IN' && submitted.has(transaction.id);
    const to = isOnItsWay ? null : transitionTransaction(transaction.status, 'CANCEL');
    const reason = context.cause.reason ?? (payment ? explain(payment).reason : null);
    return to ? [{ transaction, to, reasonCode: null, reason, chargedAt: null, occurredAt }] : [];
  });
  moveTransactions(context, moves);
  deleteDueWork(
    tx,
    merchantId,
    'SEND_TRANSACTION',
    moves.map(({ transaction }) => transaction.id),
  );
}
