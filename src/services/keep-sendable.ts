import { type CardCode, declineOf } from '../domain/card.ts';
import { type CivilDate, civilDateOf } from '../domain/dates.ts';
import { earliestActionDate, sendAtOf, submitByOf } from '../domain/schedule.ts';
import { transitionTransaction } from '../domain/transaction.ts';
import { meaningOf } from '../domain/unpaid-codes.ts';
import { findCards } from '../store/cards.ts';
import type { Change } from '../store/change.ts';
import { type DueWork, deleteDueWork, putDueWork, type Timeline } from '../store/due-work.ts';
import { findHolidays, findMerchantSettings } from '../store/merchants.ts';
import { findPaymentsForUpdate, type KnownPayment } from '../store/payments/known.ts';
import type { KnownTransaction } from '../store/transactions/known.ts';
import { moveActionDates, moveTransactions } from '../store/transactions/write.ts';
import { ruleOf } from './plan-collections.ts';
import { settlePayments } from './settle-payments.ts';

/** A bank takes what comes so long after its cut-off: the clock's work is done a little after its time. */
const GRACE_MS = 30 * 60_000;

/**
 * Which of these transactions, about to be sent, can be. One that the gateway is too late for gets the earliest day that is left, or
 * is refused, as the merchant has settled: never a day that was. A card that cannot be charged any more is declined.
 */
export async function keepSendable(
  change: Change,
  timeline: Timeline,
  transactions: readonly KnownTransaction[],
): Promise<ReadonlySet<string>> {
  const { tx, merchantId, occurredAt: now } = change;
  if (transactions.length === 0) return new Set();
  const payments = await findPaymentsForUpdate(
    tx,
    merchantId,
    transactions.map(({ paymentId }) => paymentId),
  );
  const holidays = await findHolidays(tx, merchantId);
  const { lateRunPolicy } = await findMerchantSettings(tx, merchantId);
  const cards = await findCards(
    tx,
    merchantId,
    [...payments.values()].flatMap(({ cardId }) => cardId ?? []),
  );
  const kept = new Set<string>();
  const moved: Array<{ transaction: KnownTransaction; actionDate: CivilDate; work: DueWork }> = [];
  const refused: Array<{ transaction: KnownTransaction; code: CardCode | 'TOO_LATE' }> = [];
  for (const transaction of transactions) {
    const payment = payments.get(transaction.paymentId);
    if (!payment) continue;
    const card = cards.get(payment.cardId ?? '');
    const decline = card ? declineOf(card, civilDateOf(now), now) : null;
    const { lead } = ruleOf(payment);
    const submitBy = submitByOf(lead, transaction.actionDate, holidays);
    if (decline) refused.push({ transaction, code: decline });
    else if (now.getTime() <= submitBy.getTime() + GRACE_MS) kept.add(transaction.id);
    else if (lateRunPolicy === 'SKIP') refused.push({ transaction, code: 'TOO_LATE' });
    else {
      const actionDate = earliestActionDate(lead, now, holidays);
      const dueAt = sendAtOf(lead, submitByOf(lead, actionDate, holidays));
      const work = { kind: 'SEND_TRANSACTION', subjectId: transaction.id, dueAt, details: {} } as const;
      moved.push({ transaction, actionDate, work });
    }
  }
  await moveActionDates(change, moved);
  await putDueWork(
    tx,
    merchantId,
    timeline,
    moved.map(({ work }) => work),
  );
  await refuse(change, timeline, payments, refused);
  return kept;
}

async function refuse(
  change: Change,
  timeline: Timeline,
  payments: ReadonlyMap<string, KnownPayment>,
  refused: ReadonlyArray<{ readonly transaction: KnownTransaction; readonly code: string }>,
): Promise<void> {
  const { tx, merchantId, occurredAt } = change;
  const moves = refused.flatMap(({ transaction, code }) => {
    const to = transitionTransaction(transaction.status, code === 'TOO_LATE' ? 'REFUSE' : 'DECLINED');
    return to ? [{ transaction, to, reasonCode: code, reason: meaningOf(code), chargedAt: null, occurredAt }] : [];
  });
  await moveTransactions(change, moves);
  await deleteDueWork(
    tx,
    merchantId,
    'SEND_TRANSACTION',
    moves.map(({ transaction }) => transaction.id),
  );
  const settled = moves.map(({ transaction, to, reasonCode }) => {
    return { transaction, status: to, code: reasonCode, wasPaid: false, isNew: true };
  });
  await settlePayments(change, timeline, payments, settled);
}
