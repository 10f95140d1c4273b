import { stateConflict } from '../domain/errors.ts';
import {
  allowedPaymentStatuses,
  isSettable,
  SETTABLE_PAYMENT_STATUSES,
  type SettablePaymentStatus,
} from '../domain/payment/actions.ts';
import { type PaymentStatus, transitionPayment } from '../domain/payment/life.ts';
import { decideEach, type Target } from '../domain/targets.ts';
import type { Change } from '../store/change.ts';
import type { Timeline } from '../store/due-work.ts';
import type { KnownPayment } from '../store/payments/known.ts';
import { movePayments, type PaymentMove } from '../store/payments/write.ts';
import type { App, Caller } from './app.ts';
import type { BatchAnswer, KeyReused, Selection } from './batch.ts';
import { haltPayments } from './halt-payments.ts';
import { checkPaymentAction, takePaymentsAround } from './payments-around.ts';
import { replanPayments } from './replan-payments.ts';
import { runBatch } from './run-batch.ts';

export interface SetPaymentStatus extends Selection {
  readonly status: PaymentStatus;
  readonly reason: string | null;
}

/**
 * Pauses, stops, cancels payments, or sets them running. What has not been sent is not sent any more; a payment that runs again
 * goes on with the dates that are left (DOMAIN §4.4).
 */
export function setPaymentStatus(
  app: App,
  caller: Caller,
  { status, reason, ...input }: SetPaymentStatus,
): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'setPaymentStatus', args: { status, reason }, ...input };
  return runBatch<Target, KnownPayment>(app, caller, request, async (change, items) => {
    const ids = items.map(({ record }) => record.id);
    const around = await takePaymentsAround(change, ids);
    const decisions = decideEach(items, around.payments, 'payment', (payment, _record, path, findings) => {
      const ties = around.tiesOf(payment.id);
      if (!isSettable(status)) {
        const message = `${status} is not set: it comes by the mandate, the bank or the payer.`;
        const allowedTransitions = allowedPaymentStatuses(payment, ties);
        const conflict = { message, currentStatus: payment.status, allowedTransitions, blockedBy: [] };
        findings.errors.push(stateConflict(path, conflict));
        return null;
      }
      if (isAsAsked(payment, status)) return { plan: payment, outcome: 'UNCHANGED' };
      const isSound = checkPaymentAction(SETTABLE_PAYMENT_STATUSES[status], payment, ties, path, findings);
      return isSound ? { plan: payment, outcome: 'UPDATED' } : null;
    });
    return {
      decisions,
      write: async (payments) => {
        const caused = { ...change, cause: { ...change.cause, reason } };
        if (isSettable(status)) await set(caused, app.clock.timeline, status, payments);
        return payments.map(({ id }) => id);
      },
    };
  });
}

/** Paused for another cause is not paused by the caller: both have to end. */
function isAsAsked({ status, pauseCauses }: KnownPayment, to: SettablePaymentStatus): boolean {
  return status === to && (to !== 'PAUSED' || pauseCauses.includes('CALLER'));
}

async function set(
  change: Change,
  timeline: Timeline,
  status: SettablePaymentStatus,
  payments: readonly KnownPayment[],
): Promise<void> {
  if (status !== 'RUNNING') {
    const how = SETTABLE_PAYMENT_STATUSES[status];
    await haltPayments(change, payments, how, 'CALLER', () => ({ reason: null }));
    return;
  }
  // Whoever else had paused it is active again, or it would have been refused: no cause is left.
  const moves = payments.flatMap((payment): PaymentMove[] => {
    const to = transitionPayment(payment.status, 'RUN');
    return to ? [{ payment, to, failedReason: null }] : [];
  });
  await movePayments(change, moves);
  await replanPayments(
    change,
    timeline,
    payments.filter((payment) => payment.status === 'STOPPED').map(({ id }) => id),
  );
}
