import { decideEach, type Target } from '../../domain/decide-each.ts';
import { stateConflict } from '../../domain/errors.ts';
import {
  allowedPaymentStatuses,
  isSettable,
  SETTABLE_PAYMENT_STATUSES,
  type SettablePaymentStatus,
} from '../../domain/payment/actions.ts';
import { type PaymentStatus, transitionPayment } from '../../domain/payment/state-machine.ts';
import type { KnownPayment } from '../../store/payments/known.ts';
import { movePayments, noteSkipped, type PaymentMove } from '../../store/payments/write.ts';
import type { WriteContext } from '../../store/write-context.ts';
import type { App, Caller } from '../app.ts';
import type { BatchAnswer, KeyReused, Selection } from '../batch/batch.ts';
import { runBatch } from '../batch/run-batch.ts';
import { haltPayments } from '../collections/halt-payments.ts';
import { replanPayments } from '../collections/replan-payments.ts';
import { resumeCollections } from '../collections/resume-collections.ts';
import {
  type SkippedCycles,
  skippedBeforeResumption,
  skippedByPause,
  warnOfSkipped,
} from '../collections/skipped-cycles.ts';
import { checkPaymentAction, lockPaymentContext, warnOfReturn } from './payment-context.ts';

/** Input of `setPaymentStatus`. */
export interface SetPaymentStatus extends Selection {
  readonly status: PaymentStatus;
  readonly reason: string | null;
}

/**
 * Pauses, stops, cancels or resumes payments. Unsent transactions are cancelled, or held until their cut-off by a
 * pause; a resumed payment continues with the dates left (DOMAIN §4.4). Atomicity follows `mode`; one result per
 * record, in input order. Warns of skipped collections (CYCLE_SKIPPED) and, when resuming, of returned debits
 * (DEBIT_RETURNED).
 */
export function setPaymentStatus(
  app: App,
  caller: Caller,
  { status, reason, ...input }: SetPaymentStatus,
): Promise<BatchAnswer | KeyReused> {
  const request = { operation: 'setPaymentStatus', args: { status, reason }, ...input };
  return runBatch<Target, KnownPayment>(app, caller, request, async (context, items) => {
    const ids = items.map(({ record }) => record.id);
    const loaded = await lockPaymentContext(context, ids);
    const skipped = await skippedBy(status, context, [...loaded.payments.values()]);
    const decisions = decideEach(items, loaded.payments, 'payment', (payment, _record, findings) => {
      const ties = loaded.tiesOf(payment.id);
      if (!isSettable(status)) {
        const message = `${status} cannot be set. It results from the mandate, the bank or the payer.`;
        const allowedTransitions = allowedPaymentStatuses(payment, ties);
        const conflict = { message, currentStatus: payment.status, allowedTransitions, blockedBy: [] };
        findings.errors.push(stateConflict(findings.path, conflict));
        return null;
      }
      if (isAsAsked(payment, status)) return { plan: payment, outcome: 'UNCHANGED' };
      const isSound = checkPaymentAction(SETTABLE_PAYMENT_STATUSES[status], payment, ties, findings);
      if (isSound) warnOfSkipped([payment.id], skipped, findings);
      if (isSound && status === 'RUNNING') warnOfReturn(payment, loaded.lastReturns, findings);
      return isSound ? { plan: payment, outcome: 'UPDATED' } : null;
    });
    return {
      decisions,
      write: async (payments) => {
        const caused = { ...context, cause: { ...context.cause, reason } };
        if (isSettable(status)) await set(caused, status, payments, skipped);
        return payments.map(({ id }) => id);
      },
    };
  });
}

/** Returns the collections that payments lose or have lost when they reach a status. */
async function skippedBy(
  status: PaymentStatus,
  { tx, merchantId, occurredAt: now }: WriteContext,
  payments: readonly KnownPayment[],
): Promise<SkippedCycles> {
  const recurring = payments.filter(({ kind }) => kind === 'RECURRING');
  if (status === 'PAUSED') return skippedByPause(tx, merchantId, now, recurring);
  return status === 'RUNNING' ? skippedBeforeResumption(tx, merchantId, now, recurring) : new Map();
}

/** Whether a payment is already as requested. A pause by the caller adds to pauses with other causes. */
function isAsAsked({ status, pauseCauses }: KnownPayment, to: SettablePaymentStatus): boolean {
  return status === to && (to !== 'PAUSED' || pauseCauses.includes('CALLER'));
}

async function set(
  context: WriteContext,
  status: SettablePaymentStatus,
  payments: readonly KnownPayment[],
  skipped: SkippedCycles,
): Promise<void> {
  if (status !== 'RUNNING') {
    const how = SETTABLE_PAYMENT_STATUSES[status];
    await haltPayments(context, payments, how, 'CALLER', () => ({ reason: null }));
    return;
  }
  // No other pause cause is left: `checkPaymentAction` refuses a payment that something else still blocks.
  const noted = await noteLost(context, payments, skipped);
  const moves = payments.flatMap(({ id }): PaymentMove[] => {
    const payment = noted.get(id);
    const to = payment && transitionPayment(payment.status, 'RUN');
    return to ? [{ payment, to, failedReason: null }] : [];
  });
  movePayments(context, moves);
  await replanPayments(
    context,
    payments.filter((payment) => payment.status === 'STOPPED').map(({ id }) => id),
  );
  await resumeCollections(context, payments);
}

/** Records the collections that stopped payments lost; no due jobs run for them that would record it. */
function noteLost(
  context: WriteContext,
  payments: readonly KnownPayment[],
  skipped: SkippedCycles,
): Promise<ReadonlyMap<string, KnownPayment>> {
  const lost = payments.map((payment) => {
    const cycles = payment.status === 'STOPPED' ? (skipped.get(payment.id) ?? []) : [];
    const unnoted = cycles.filter(({ isNoted }) => !isNoted);
    return { payment, lost: unnoted.map(({ lostDate, reason }) => ({ nominalDate: lostDate, reason })) };
  });
  return noteSkipped(context, lost);
}
