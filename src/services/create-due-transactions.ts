import type { Holidays } from '../domain/calendar.ts';
import type { CivilDate } from '../domain/dates.ts';
import type { LateRunPolicy } from '../domain/merchant.ts';
import { amountOn } from '../domain/payment/amount.ts';
import { transitionPayment } from '../domain/payment/life.ts';
import {
  earliestActionDate,
  type Nominal,
  type Occurrence,
  occurrenceOn,
  sendAtOf,
  submitByOf,
} from '../domain/schedule.ts';
import type { TransactionKind } from '../domain/transaction.ts';
import type { Change } from '../store/change.ts';
import { type DueWork, deleteDueWork, putDueWork, type Timeline } from '../store/due-work.ts';
import { findHolidays, findMerchantSettings } from '../store/merchants.ts';
import { findPaymentsForUpdate, type KnownPayment } from '../store/payments/known.ts';
import { movePayments, noteSkipped, type PaymentMove } from '../store/payments/write.ts';
import { findLastCollections, findUnfinishedPayments } from '../store/transactions/collected.ts';
import type { NewTransaction } from '../store/transactions/known.ts';
import { insertTransactions } from '../store/transactions/write.ts';
import { admitTransactions } from './admit-transactions.ts';
import { collectionWork, nextCollection, ruleOf, withoutFirst } from './plan-collections.ts';
import { settlePayments } from './settle-payments.ts';

/** What was decided when the collection was planned. */
interface Details {
  readonly nominalDate: CivilDate;
  /** REGULAR when absent. */
  readonly kind?: TransactionKind;
  readonly sequence: number;
}

/** Makes the transactions of collections that are due, plans their sending, and the payments' next collections. */
export async function createDueTransactions(
  change: Change,
  timeline: Timeline,
  work: readonly DueWork[],
): Promise<void> {
  const { tx, merchantId, occurredAt: now } = change;
  const subjectIds = work.map((item) => item.subjectId);
  const payments = await findPaymentsForUpdate(tx, merchantId, subjectIds);
  const holidays = await findHolidays(tx, merchantId);
  const { lateRunPolicy } = await findMerchantSettings(tx, merchantId);
  const begun = [...payments.values()].filter(({ mandate }) => mandate?.firstDate != null).map(({ id }) => id);
  const last = await findLastCollections(tx, merchantId, begun);
  const due = work.flatMap((item): Due[] => {
    const payment = payments.get(item.subjectId);
    if (payment?.status !== 'RUNNING' && payment?.status !== 'PAUSED') return [];
    const { nominalDate, kind = 'REGULAR', sequence } = item.details as unknown as Details;
    const nominal = { nominalDate, kind };
    const occurrence = collectionNow(payment, nominal, lateRunPolicy, now, holidays);
    const skipped = payment.status === 'PAUSED' ? 'while it was paused' : 'before it could be sent';
    const isMade = payment.status === 'RUNNING' && occurrence !== null;
    return [{ payment, sequence, nominal, occurrence, skipped: isMade ? null : skipped }];
  });
  const collected = due.flatMap(({ payment, sequence, occurrence, skipped }) =>
    occurrence && skipped === null ? [{ payment, sequence, occurrence }] : [],
  );
  const made = await insertTransactions(
    change,
    collected.map(({ payment, sequence, occurrence }) => transactionOf(payment, occurrence, sequence)),
  );
  const { admitted, refused } = await admitTransactions(change, made, payments);
  const sendAt = new Map(
    collected.map(({ payment, occurrence }) => [payment.id, sendAtOf(ruleOf(payment).lead, occurrence.submitBy)]),
  );
  await deleteDueWork(tx, merchantId, 'CREATE_TRANSACTION', subjectIds);
  await putDueWork(tx, merchantId, timeline, [
    ...admitted.map((transaction) => ({
      kind: 'SEND_TRANSACTION' as const,
      subjectId: transaction.id,
      dueAt: sendAt.get(transaction.paymentId) ?? now,
      details: {},
    })),
    ...due.flatMap(({ payment, sequence, nominal, skipped }) => {
      const hasFirst = last.get(payment.id)?.hasFirst === true;
      const isFirstSkipped = nominal.kind === 'FIRST' && skipped !== null;
      const planned = isFirstSkipped || (hasFirst && nominal.kind === 'REGULAR') ? withoutFirst(payment) : payment;
      const next = nextCollection(planned, nominal, now, holidays);
      // A date that is skipped has no number: what comes after it has.
      return next ? [collectionWork(payment.id, next, skipped === null ? sequence + 1 : sequence)] : [];
    }),
  ]);
  await settlePayments(
    change,
    timeline,
    payments,
    refused.map((item) => ({ ...item, wasPaid: false, isNew: true })),
  );
  await endSkipped(
    change,
    due.filter(({ skipped }) => skipped !== null),
  );
}

/** A collection whose time has come; `skipped` says why it is not made, null when it is. */
interface Due {
  readonly payment: KnownPayment;
  readonly sequence: number;
  readonly nominal: Nominal;
  readonly occurrence: Occurrence | null;
  readonly skipped: string | null;
}

/**
 * Notes what was skipped, and stops what has nothing left then: it was skipped on the last of its days, and nothing of it is at
 * the bank (DOMAIN §0.1.3).
 */
async function endSkipped(change: Change, skipped: readonly Due[]): Promise<void> {
  if (skipped.length === 0) return;
  const ids = skipped.map(({ payment }) => payment.id);
  const unfinished = await findUnfinishedPayments(change.tx, change.merchantId, ids);
  const over = skipped.filter(({ payment }) => !unfinished.has(payment.id));
  await noteSkipped(
    change,
    skipped
      .filter(({ payment }) => unfinished.has(payment.id))
      .map(({ payment, nominal, skipped: why }) => {
        return { payment, reason: `The collection of ${nominal.nominalDate} is skipped: its time passed ${why}.` };
      }),
  );
  const moves = over.flatMap(({ payment, skipped: why }): PaymentMove[] => {
    const isEnded = payment.kind === 'RECURRING' && payment.status === 'RUNNING';
    const to = transitionPayment(payment.status, isEnded ? 'ENDED' : 'DATE_PASSED');
    const date = payment.kind === 'ONE_TIME' ? 'date' : 'last date';
    return to ? [{ payment, to, failedReason: isEnded ? null : `Its ${date} passed ${why}.` }] : [];
  });
  await movePayments(change, moves);
}

/**
 * As planned; or, when the gateway was down past the cut-off, on the earliest day that is left, never on a day that was, or not at
 * all, as the merchant has settled.
 */
function collectionNow(
  payment: KnownPayment,
  nominal: Nominal,
  policy: LateRunPolicy,
  now: Date,
  holidays: Holidays,
): Occurrence | null {
  const rule = ruleOf(payment);
  const planned = occurrenceOn(nominal, rule, now, holidays, payment.dateStart);
  if (planned || policy === 'SKIP') return planned;
  const actionDate = earliestActionDate(rule.lead, now, holidays);
  return { ...nominal, actionDate, submitBy: submitByOf(rule.lead, actionDate, holidays) };
}

function transactionOf(payment: KnownPayment, occurrence: Occurrence, sequence: number): NewTransaction {
  const suffix = payment.kind === 'RECURRING' ? `-${String(sequence).padStart(3, '0')}` : '';
  const { kind, nominalDate, actionDate } = occurrence;
  return {
    paymentId: payment.id,
    customerId: payment.customerId,
    bankAccountId: payment.bankAccountId,
    mandateId: payment.mandateId,
    paymentMethodId: payment.paymentMethodId,
    kind,
    nominalDate,
    actionDate,
    attempt: 1,
    amountCents: amountOn(payment, kind, nominalDate),
    transactionReference: `${payment.transactionReference}${suffix}`,
    batchReference: payment.batchReference,
  };
}
