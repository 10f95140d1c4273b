import type { Holidays } from '../../domain/calendar.ts';
import { addDays, type CivilDate, civilDateOf, earlier, instantAt } from '../../domain/dates.ts';
import type { LateRunPolicy } from '../../domain/merchant.ts';
import {
  type Bounds,
  type CollectionRule,
  earliestActionDate,
  leadOf,
  lostCollection,
  type Nominal,
  type Occurrence,
  occurrenceOn,
  type Schedule,
  type Search,
  searchNext,
  submitByOf,
} from '../../domain/schedule.ts';
import { firstOf } from '../../domain/submit/timing.ts';
import type { DueWork } from '../../store/due-work/kinds.ts';
import type { KnownPayment } from '../../store/payments/known.ts';

/** Returns the job that creates the transaction of a collection. */
export function collectionJob(paymentId: string, occurrence: Occurrence, sequence: number): DueWork {
  const { kind, nominalDate } = occurrence;
  const details = { nominalDate, kind, sequence };
  return { kind: 'CREATE_TRANSACTION', subjectId: paymentId, dueAt: collectionDueAt(occurrence), details };
}

/** Returns when the transaction of a collection is created: at the start of the day on which it must be sent. */
export function collectionDueAt({ submitBy }: Occurrence): Date {
  return instantAt(civilDateOf(submitBy));
}

/** Returns the job that ends a recurring payment, due on the day after its end date; empty without an end date. */
export function endJob(paymentId: string, end: CivilDate | null): DueWork[] {
  if (end === null) return [];
  return [{ kind: 'END_PAYMENT', subjectId: paymentId, dueAt: instantAt(addDays(end, 1)), details: {} }];
}

/** Returns the jobs that end the recurring ones of these payments. */
export function endJobsOf(payments: readonly KnownPayment[]): DueWork[] {
  return payments.flatMap((payment) => (payment.kind === 'RECURRING' ? endJob(payment.id, endOf(payment)) : []));
}

/** Returns the date adjustment rule and the lead time of a payment. */
export function ruleOf({ methodType, dateAdjustmentRule }: KnownPayment): CollectionRule {
  return { adjustment: dateAdjustmentRule, lead: leadOf(methodType) };
}

/**
 * Returns the last day on which a payment can be collected: the earlier end of payment and mandate, or null (DOMAIN
 * §6.5).
 */
export function endOf({ dateEnd, mandate }: KnownPayment): CivilDate | null {
  return earlier(dateEnd, mandate?.dateRelease ?? null);
}

/** Returns the first and last day on which a payment can be collected; null where there is no bound. */
export function boundsOf(payment: KnownPayment): Bounds {
  return { start: payment.dateStart, end: endOf(payment) };
}

/** Returns the last day of tracking: as many days as the mandate allows, never after the end of the payment. */
export function trackingEnd(payment: KnownPayment, actionDate: CivilDate): CivilDate {
  const last = addDays(actionDate, payment.mandate?.paymentTrackingMaxDays ?? 0);
  return earlier(last, endOf(payment)) ?? last;
}

/** Returns the schedule of a recurring payment; null for other payments. */
export function scheduleOf(payment: KnownPayment): Schedule | null {
  const { interval, processDay, dateStart, collectFrom: from, mandate } = payment;
  if (interval === null || processDay === null || dateStart === null) return null;
  return { interval, processDay, dateStart, last: endOf(payment), from, first: mandate && firstOf(mandate) };
}

const NOTHING: Search = { next: null, lost: [] };

/**
 * Returns the first collection of a recurring payment after `after` (null: from the start) that can still be sent, and
 * those lost before it.
 */
export function searchCollection(payment: KnownPayment, after: Nominal | null, now: Date, holidays: Holidays): Search {
  const schedule = scheduleOf(payment);
  return schedule ? searchNext(schedule, after, ruleOf(payment), now, holidays) : NOTHING;
}

/** Returns the payment without the first collection of its mandate, once that was made or skipped. */
export function withoutFirst(payment: KnownPayment): KnownPayment {
  if (payment.mandate === null) return payment;
  return { ...payment, mandate: { ...payment.mandate, firstDate: null, firstMode: null } };
}

/**
 * Returns the first collection of a payment that starts to run, and those lost. A one-time payment has only its own
 * date.
 */
export function searchFirst(payment: KnownPayment, now: Date, holidays: Holidays): Search {
  if (payment.kind === 'RECURRING') return searchCollection(payment, null, now, holidays);
  const nominal = { kind: 'REGULAR', nominalDate: payment.firstNominalDate } as const;
  const bounds = { start: null, end: endOf(payment) };
  const next = occurrenceOn(nominal, ruleOf(payment), now, holidays, bounds);
  return { next, lost: next ? [] : [lostCollection(nominal, ruleOf(payment), holidays, bounds)] };
}

/**
 * Returns a due collection: as planned, or, if its cut-off has passed, on the earliest day that is left but not after
 * the end of the payment. Null if no day is left or the late-run policy of the merchant is SKIP.
 */
export function collectionNow(
  payment: KnownPayment,
  nominal: Nominal,
  policy: LateRunPolicy,
  now: Date,
  holidays: Holidays,
): Occurrence | null {
  const rule = ruleOf(payment);
  const planned = occurrenceOn(nominal, rule, now, holidays, boundsOf(payment));
  if (planned || policy === 'SKIP') return planned;
  const actionDate = earliestActionDate(rule.lead, now, holidays);
  const end = endOf(payment);
  if (end !== null && actionDate > end) return null;
  return { ...nominal, actionDate, submitBy: submitByOf(rule.lead, actionDate, holidays) };
}
