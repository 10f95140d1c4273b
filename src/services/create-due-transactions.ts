import type { Holidays } from '../domain/calendar.ts';
import type { CivilDate } from '../domain/dates.ts';
import { adjusted, adjustmentOf, adjustmentsBy } from '../domain/mandate/adjustment.ts';
import { transitionPayment } from '../domain/payment.ts';
import { earliestActionDate, type Nominal, type Occurrence, occurrenceOn, submitByOf } from '../domain/schedule.ts';
import type { TransactionKind } from '../domain/transaction.ts';
import type { Change } from '../store/change.ts';
import { type DueWork, deleteDueWork, putDueWork, type Timeline } from '../store/due-work.ts';
import { findHolidays } from '../store/merchants.ts';
import {
  findPaymentsForUpdate,
  type KnownPayment,
  movePayments,
  type PaymentMandate,
  type PaymentMove,
} from '../store/payments.ts';
import {
  findLastCollections,
  findUnfinishedPayments,
  insertTransactions,
  type NewTransaction,
} from '../store/transactions.ts';
import { collectionWork, nextCollection, ruleOf, withoutFirst } from './plan-collections.ts';

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
  const begun = [...payments.values()].filter(({ mandate }) => mandate?.firstDate != null).map(({ id }) => id);
  const last = await findLastCollections(tx, merchantId, begun);
  const due = work.flatMap((item) => {
    const payment = payments.get(item.subjectId);
    if (payment?.status !== 'RUNNING' && payment?.status !== 'PAUSED') return [];
    const { nominalDate, kind = 'REGULAR', sequence } = item.details as unknown as Details;
    return [{ payment, sequence, occurrence: collectionNow(payment, { nominalDate, kind }, now, holidays) }];
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
      const hasFirst = last.get(payment.id)?.hasFirst === true;
      const isSkipped = occurrence.kind === 'FIRST' && payment.status === 'PAUSED';
      const planned = isSkipped || (hasFirst && occurrence.kind === 'REGULAR') ? withoutFirst(payment) : payment;
      const next = nextCollection(planned, occurrence, now, holidays);
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
function collectionNow(payment: KnownPayment, nominal: Nominal, now: Date, holidays: Holidays): Occurrence {
  const rule = ruleOf(payment);
  const planned = occurrenceOn(nominal, rule, now, holidays, payment.dateStart);
  if (planned) return planned;
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

/**
 * What is collected for a day: the first amount, or the payment's own; one of its mandate's amount follows the adjustments
 * due by that day, though the debit is made days before. Never more than the maximum of that day.
 */
function amountOn({ mandate, amountCents }: KnownPayment, kind: TransactionKind, day: CivilDate): number {
  if (mandate === null) return amountCents;
  const terms = termsOn(mandate, day);
  const own = amountCents === mandate.amountCents ? terms.amountCents : amountCents;
  const amount = kind === 'FIRST' ? (mandate.firstAmountCents ?? own) : own;
  return terms.maximumAmountCents === null ? amount : Math.min(amount, terms.maximumAmountCents);
}

/** Instalment and maximum as they are on a day, with the adjustments that are due by then. */
function termsOn(mandate: PaymentMandate, day: CivilDate): Pick<PaymentMandate, 'amountCents' | 'maximumAmountCents'> {
  const adjustment = adjustmentOf(mandate);
  if (!adjustment) return mandate;
  const due = adjustmentsBy(mandate.adjustmentCategory, mandate.adjustmentAnchor, day) - mandate.adjustmentsMade;
  let terms = mandate;
  for (let made = 0; made < due; made += 1) terms = { ...terms, ...adjusted(terms, adjustment) };
  return terms;
}
