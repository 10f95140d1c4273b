import type { Holidays } from '../../domain/calendar.ts';
import { addDays, type CivilDate, civilDateOf, instantAt } from '../../domain/dates.ts';
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
import { earlier, firstOf } from '../../domain/submit/timing.ts';
import type { DueWork } from '../../store/due-work.ts';
import type { KnownPayment } from '../../store/payments/known.ts';

/** The work of making a collection into a transaction. */
export function collectionJob(paymentId: string, occurrence: Occurrence, sequence: number): DueWork {
  const { kind, nominalDate } = occurrence;
  const details = { nominalDate, kind, sequence };
  return { kind: 'CREATE_TRANSACTION', subjectId: paymentId, dueAt: collectionDueAt(occurrence), details };
}

/** A collection is made into a transaction at the start of the day on which it must be sent. */
export function collectionDueAt({ submitBy }: Occurrence): Date {
  return instantAt(civilDateOf(submitBy));
}

/** The work of ending a recurring payment: on the day after the last on which it can be collected; none without an end. */
export function endJob(paymentId: string, end: CivilDate | null): DueWork[] {
  if (end === null) return [];
  return [{ kind: 'END_PAYMENT', subjectId: paymentId, dueAt: instantAt(addDays(end, 1)), details: {} }];
}

/** The work of ending each of these payments that is recurring. */
export function endJobsOf(payments: readonly KnownPayment[]): DueWork[] {
  return payments.flatMap((payment) => (payment.kind === 'RECURRING' ? endJob(payment.id, endOf(payment)) : []));
}

export function ruleOf({ methodType, dateAdjustmentRule }: KnownPayment): CollectionRule {
  return { adjustment: dateAdjustmentRule, lead: leadOf(methodType) };
}

/** The last day on which a payment can be collected: its own end or that of its mandate; null when it has none (DOMAIN §6.5). */
export function endOf({ dateEnd, mandate }: KnownPayment): CivilDate | null {
  return earlier(dateEnd, mandate?.dateRelease ?? null);
}

/** The days on which a payment can be collected. */
export function boundsOf(payment: KnownPayment): Bounds {
  return { start: payment.dateStart, end: endOf(payment) };
}

/** The last day on which the bank may watch the account for funds: as the mandate allows, and never after the end. */
export function trackingEnd(payment: KnownPayment, actionDate: CivilDate): CivilDate {
  const last = addDays(actionDate, payment.mandate?.paymentTrackingMaxDays ?? 0);
  return earlier(last, endOf(payment)) ?? last;
}

/** When a recurring payment is to be collected; null for another. */
export function scheduleOf(payment: KnownPayment): Schedule | null {
  const { interval, processDay, dateStart, mandate } = payment;
  if (interval === null || processDay === null || dateStart === null) return null;
  return { interval, processDay, dateStart, last: endOf(payment), first: mandate && firstOf(mandate) };
}

const NOTHING: Search = { next: null, lost: [] };

/** The collection of a recurring payment after another one, or its first that can still be sent, and those lost before it. */
export function searchCollection(payment: KnownPayment, after: Nominal | null, now: Date, holidays: Holidays): Search {
  const schedule = scheduleOf(payment);
  return schedule ? searchNext(schedule, after, ruleOf(payment), now, holidays) : NOTHING;
}

/** A payment whose mandate's first collection was made, or skipped: it is not made again, and takes no regular one's place. */
export function withoutFirst(payment: KnownPayment): KnownPayment {
  if (payment.mandate === null) return payment;
  return { ...payment, mandate: { ...payment.mandate, firstDate: null, firstMode: null } };
}

/** The first collection of a payment that begins to run: a one-time one keeps its day, or loses it. */
export function searchFirst(payment: KnownPayment, now: Date, holidays: Holidays): Search {
  if (payment.kind === 'RECURRING') return searchCollection(payment, null, now, holidays);
  const nominal = { kind: 'REGULAR', nominalDate: payment.firstNominalDate } as const;
  const bounds = { start: null, end: endOf(payment) };
  const next = occurrenceOn(nominal, ruleOf(payment), now, holidays, bounds);
  return { next, lost: next ? [] : [lostCollection(nominal, ruleOf(payment), holidays, bounds)] };
}

/**
 * The collection whose time has come: as planned; or, when the gateway was down past the cut-off, on the earliest day that is left, never on a day that was nor after the
 * end, or not at all, as the merchant has settled.
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
