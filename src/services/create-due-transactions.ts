import type { Holidays } from '../domain/calendar.ts';
import { addDays, type CivilDate } from '../domain/dates.ts';
import { transitionPayment } from '../domain/payment.ts';
import {
  earliestEftActionDate,
  eftSubmitBy,
  nextOccurrence,
  type Occurrence,
  occurrenceOn,
} from '../domain/schedule.ts';
import { earlier } from '../domain/submit/timing.ts';
import type { Change } from '../store/change.ts';
import { type DueWork, deleteDueWork, putDueWork, type Timeline } from '../store/due-work.ts';
import { findHolidays } from '../store/merchants.ts';
import { findPaymentsForUpdate, type KnownPayment, movePayments, type PaymentMove } from '../store/payments.ts';
import { findUnfinishedPayments, insertTransactions, type NewTransaction } from '../store/transactions.ts';
import { collectionWork } from './write-plans.ts';

/** What was decided when the collection was planned. */
interface Details {
  readonly nominalDate: CivilDate;
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
  const due = work.flatMap((item) => {
    const payment = payments.get(item.subjectId);
    if (payment?.status !== 'RUNNING' && payment?.status !== 'PAUSED') return [];
    const { nominalDate, sequence } = item.details as unknown as Details;
    return [{ payment, sequence, occurrence: collectionNow(payment, nominalDate, now, holidays) }];
  });
  const running = due.filter(({ payment }) => payment.status === 'RUNNING');
  const made = await insertTransactions(
    change,
    running.map(({ payment, sequence, occurrence }) => transactionOf(payment, occurrence, sequence)),
  );
  const submitBy = new Map(due.map(({ payment, occurrence }) => [payment.id, occurrence.submitBy]));
  await deleteDueWork(tx, merchantId, 'CREATE_TRANSACTION', subjectIds);
  await putDueWork(tx, merchantId, timeline, [
    ...made.map((transaction) => ({
      kind: 'SEND_TRANSACTION' as const,
      subjectId: transaction.id,
      dueAt: submitBy.get(transaction.paymentId) ?? now,
      details: {},
    })),
    ...due.flatMap(({ payment, sequence, occurrence }) => {
      const next = nextCollection(payment, occurrence.nominalDate, now, holidays);
      // A date that falls into a pause is skipped: what comes after it has its number.
      return next ? [collectionWork(payment.id, next, payment.status === 'RUNNING' ? sequence + 1 : sequence)] : [];
    }),
  ]);
  await endPaused(
    change,
    due.map(({ payment }) => payment),
  );
}

/** Stops what was paused on the last of its days, and has nothing at the bank: it will not be collected any more (DOMAIN §0.1.3). */
async function endPaused(change: Change, payments: readonly KnownPayment[]): Promise<void> {
  const paused = payments.filter(({ status }) => status === 'PAUSED');
  if (paused.length === 0) return;
  const ids = paused.map(({ id }) => id);
  const unfinished = await findUnfinishedPayments(change.tx, change.merchantId, ids);
  const moves = paused.flatMap((payment): PaymentMove[] => {
    if (unfinished.has(payment.id)) return [];
    const to = transitionPayment(payment.status, 'DATE_PASSED');
    const date = payment.kind === 'ONE_TIME' ? 'date' : 'last date';
    return to ? [{ payment, to, failedReason: `Its ${date} passed while it was paused.` }] : [];
  });
  await movePayments(change, moves);
}

/** As planned; or, when the gateway was down past the cut-off, on the earliest day that is left, never on a day that was. */
function collectionNow(payment: KnownPayment, nominalDate: CivilDate, now: Date, holidays: Holidays): Occurrence {
  const planned = occurrenceOn(nominalDate, payment.dateAdjustmentRule, now, holidays, payment.dateStart);
  if (planned) return planned;
  const actionDate = earliestEftActionDate(now, holidays);
  return { nominalDate, actionDate, submitBy: eftSubmitBy(actionDate, holidays) };
}

function nextCollection(payment: KnownPayment, after: CivilDate, now: Date, holidays: Holidays): Occurrence | null {
  const { interval, processDay, dateStart, dateEnd, dateRelease } = payment;
  if (interval === null || processDay === null || dateStart === null) return null;
  const schedule = { interval, processDay, dateStart, last: earlier(dateEnd, dateRelease) };
  return nextOccurrence(schedule, addDays(after, 1), payment.dateAdjustmentRule, now, holidays);
}

function transactionOf(payment: KnownPayment, occurrence: Occurrence, sequence: number): NewTransaction {
  const suffix = payment.kind === 'RECURRING' ? `-${String(sequence).padStart(3, '0')}` : '';
  return {
    paymentId: payment.id,
    customerId: payment.customerId,
    bankAccountId: payment.bankAccountId,
    mandateId: payment.mandateId,
    paymentMethodId: payment.paymentMethodId,
    kind: 'REGULAR',
    nominalDate: occurrence.nominalDate,
    actionDate: occurrence.actionDate,
    attempt: 1,
    amountCents: payment.amountCents,
    transactionReference: `${payment.transactionReference}${suffix}`,
    batchReference: payment.batchReference,
  };
}
