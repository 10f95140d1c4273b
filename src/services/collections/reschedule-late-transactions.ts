import { type CardCode, declineOf } from '../../domain/card.ts';
import { type CivilDate, civilDateOf, localTimeOf } from '../../domain/dates.ts';
import { lookUp } from '../../domain/invariants.ts';
import { transitionPayment } from '../../domain/payment/state-machine.ts';
import { earliestActionDate, sendAtOf, submitByOf } from '../../domain/schedule.ts';
import { transitionTransaction } from '../../domain/transaction.ts';
import { meaningOf, SKIPPED_CODE } from '../../domain/unpaid-codes.ts';
import { findCards } from '../../store/cards.ts';
import { deleteDueWork, putDueWork } from '../../store/due-work/due-work.ts';
import { findSettingsAndHolidays } from '../../store/merchants/settings.ts';
import { type KnownPayment, lockPayments } from '../../store/payments/known.ts';
import { movePayments, noteSkipped, type PaymentMove, type SkippedCollections } from '../../store/payments/write.ts';
import { findUnfinishedPayments } from '../../store/transactions/collected.ts';
import type { KnownTransaction } from '../../store/transactions/known.ts';
import { moveActionDates, moveTransactions } from '../../store/transactions/write.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { haltPayments } from './halt-payments.ts';
import { endOf, ruleOf } from './plan-collections.ts';
import { settlePayments } from './settle-payments.ts';

const UNAUTHORISED = {
  reason: "The debtor's authority was withdrawn. A new mandate is needed.",
  stopCause: 'AUTHORITY_WITHDRAWN',
} as const;

/** Time after the cut-off within which a transaction is still sent, because jobs run slightly after their due time. */
const GRACE_MS = 30 * 60_000;

/**
 * Returns the ids of the transactions that can be sent now, and decides the others. A transaction of a payment that is
 * not RUNNING is held until its cut-off, then cancelled. A late one moves to the earliest day left, never after the end
 * of the payment, or is refused, by the late-run policy of the merchant. A card that cannot be charged is declined. A
 * payment whose mandate has lost its authority is stopped.
 */
export async function rescheduleLateTransactions(
  context: WriteContext,
  transactions: readonly KnownTransaction[],
): Promise<ReadonlySet<string>> {
  const { tx, merchantId, occurredAt: now } = context;
  if (transactions.length === 0) return new Set();
  const payments = await lockPayments(
    tx,
    merchantId,
    transactions.map(({ paymentId }) => paymentId),
  );
  const { holidays, settings } = await findSettingsAndHolidays(tx, merchantId);
  const { lateRunPolicy } = settings;
  const cards = await findCards(
    tx,
    merchantId,
    [...payments.values()].flatMap(({ cardId }) => cardId ?? []),
  );
  const judged = transactions.flatMap((transaction): Judged[] => {
    const payment = payments.get(transaction.paymentId);
    if (!payment) return [];
    const card = lookUp(cards, payment.cardId);
    const base = { transaction, payment };
    const decline = card ? declineOf(card, civilDateOf(now), now) : null;
    const { lead } = ruleOf(payment);
    const submitBy = submitByOf(lead, transaction.actionDate, holidays);
    if (payment.status !== 'RUNNING') {
      const isHeld = now < submitBy;
      return [isHeld ? { ...base, verdict: 'HELD', dueAt: submitBy } : { ...base, verdict: 'SKIPPED', submitBy }];
    }
    if (payment.mandate?.isWithdrawn) return [{ ...base, verdict: 'UNAUTHORISED' }];
    if (decline) return [{ ...base, verdict: 'REFUSED', code: decline }];
    if (now.getTime() <= submitBy.getTime() + GRACE_MS) return [{ ...base, verdict: 'KEPT' }];
    const actionDate = earliestActionDate(lead, now, holidays);
    const end = endOf(payment);
    if (lateRunPolicy === 'SKIP' || (end !== null && actionDate > end)) {
      return [{ ...base, verdict: 'REFUSED', code: 'TOO_LATE', submitBy }];
    }
    const dueAt = sendAtOf(lead, submitByOf(lead, actionDate, holidays));
    return [{ ...base, verdict: 'MOVED', actionDate, dueAt }];
  });
  const of = <Kind extends Judged['verdict']>(kind: Kind) =>
    judged.filter((item): item is Extract<Judged, { verdict: Kind }> => item.verdict === kind);
  moveActionDates(context, of('MOVED'));
  const waiting = [...of('MOVED'), ...of('HELD')];
  putDueWork(
    context,
    waiting.map(({ transaction, dueAt }) => ({
      kind: 'SEND_TRANSACTION',
      subjectId: transaction.id,
      dueAt,
      details: {},
    })),
  );
  // A withdrawn authority stops its payments, so only data stored before that rule has a running one.
  const unauthorised = of('UNAUTHORISED').map(({ payment }) => payment);
  await haltPayments(context, unauthorised, 'STOP', 'CALLER', () => UNAUTHORISED);
  await skip(context, of('SKIPPED'));
  await refuse(context, payments, of('REFUSED'));
  return new Set(of('KEPT').map(({ transaction }) => transaction.id));
}

/** The decision on a transaction that is about to be sent. */
type Judged = { readonly transaction: KnownTransaction; readonly payment: KnownPayment } & (
  | { readonly verdict: 'KEPT' }
  | { readonly verdict: 'UNAUTHORISED' }
  | { readonly verdict: 'HELD'; readonly dueAt: Date }
  | { readonly verdict: 'MOVED'; readonly actionDate: CivilDate; readonly dueAt: Date }
  | { readonly verdict: 'SKIPPED'; readonly submitBy: Date }
  | { readonly verdict: 'REFUSED'; readonly code: CardCode | 'TOO_LATE'; readonly submitBy?: Date }
);

/** Cancels transactions held past their cut-off, with an event each. One-time payments without another are stopped. */
async function skip(
  context: WriteContext,
  skipped: ReadonlyArray<Extract<Judged, { verdict: 'SKIPPED' }>>,
): Promise<void> {
  if (skipped.length === 0) return;
  const { tx, merchantId, occurredAt } = context;
  const moves = skipped.flatMap(({ transaction }) => {
    const to = transitionTransaction(transaction.status, 'CANCEL');
    const reason = meaningOf(SKIPPED_CODE);
    return to ? [{ transaction, to, reasonCode: SKIPPED_CODE, reason, chargedAt: null, occurredAt }] : [];
  });
  moveTransactions(context, moves);
  const ids = moves.map(({ transaction }) => transaction.id);
  deleteDueWork(tx, merchantId, 'SEND_TRANSACTION', ids);
  const noted = await noteLost(context, skipped);
  const unfinished = await findUnfinishedPayments(tx, merchantId, [...noted.keys()]);
  const over = [...noted.values()].flatMap((payment): PaymentMove[] => {
    const isOver = payment.kind === 'ONE_TIME' && !unfinished.has(payment.id);
    const to = isOver ? transitionPayment(payment.status, 'DATE_PASSED') : null;
    return to ? [{ payment, to, failedReason: 'The collection date passed while the payment was paused.' }] : [];
  });
  movePayments(context, over);
}

/** Records the collections of unsent transactions as skipped. Returns the payments afterwards. */
function noteLost(
  context: WriteContext,
  lost: ReadonlyArray<{
    readonly transaction: KnownTransaction;
    readonly payment: KnownPayment;
    readonly submitBy: Date;
  }>,
): Promise<ReadonlyMap<string, KnownPayment>> {
  const byPayment = new Map<string, SkippedCollections>();
  for (const { transaction, payment, submitBy } of lost) {
    const reason = `Its cut-off, ${localTimeOf(submitBy)}, has passed.`;
    const before = byPayment.get(payment.id)?.lost ?? [];
    byPayment.set(payment.id, { payment, lost: [...before, { nominalDate: transaction.nominalDate, reason }] });
  }
  return noteSkipped(context, [...byPayment.values()]);
}

async function refuse(
  context: WriteContext,
  payments: ReadonlyMap<string, KnownPayment>,
  refused: ReadonlyArray<Extract<Judged, { verdict: 'REFUSED' }>>,
): Promise<void> {
  if (refused.length === 0) return;
  const { tx, merchantId, occurredAt } = context;
  const late = refused.flatMap((item) => (item.submitBy ? [{ ...item, submitBy: item.submitBy }] : []));
  const noted = await noteLost(context, late);
  const moves = refused.flatMap(({ transaction, code }) => {
    const to = transitionTransaction(transaction.status, code === 'TOO_LATE' ? 'REFUSE' : 'DECLINED');
    return to ? [{ transaction, to, reasonCode: code, reason: meaningOf(code), chargedAt: null, occurredAt }] : [];
  });
  moveTransactions(context, moves);
  deleteDueWork(
    tx,
    merchantId,
    'SEND_TRANSACTION',
    moves.map(({ transaction }) => transaction.id),
  );
  const settled = moves.map(({ transaction, to, reasonCode }) => {
    return { transaction, status: to, code: reasonCode, wasPaid: false, isNew: true };
  });
  await settlePayments(context, new Map([...payments, ...noted]), settled);
}
