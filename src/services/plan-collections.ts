import type { Holidays } from '../domain/calendar.ts';
import { civilDateOf, instantAt } from '../domain/dates.ts';
import {
  type CollectionRule,
  leadOf,
  type Nominal,
  nextOccurrence,
  type Occurrence,
  occurrenceOn,
} from '../domain/schedule.ts';
import { earlier, firstOf } from '../domain/submit/timing.ts';
import type { DueWork } from '../store/due-work.ts';
import type { KnownPayment } from '../store/payments/known.ts';

/** The work of making a collection into a transaction. */
export function collectionWork(paymentId: string, occurrence: Occurrence, sequence: number): DueWork {
  const { kind, nominalDate } = occurrence;
  const details = { nominalDate, kind, sequence };
  return { kind: 'CREATE_TRANSACTION', subjectId: paymentId, dueAt: collectionDueAt(occurrence), details };
}

/** A collection is made into a transaction at the start of the day on which it must be sent. */
export function collectionDueAt({ submitBy }: Occurrence): Date {
  return instantAt(civilDateOf(submitBy));
}

export function ruleOf({ methodType, dateAdjustmentRule }: KnownPayment): CollectionRule {
  return { adjustment: dateAdjustmentRule, lead: leadOf(methodType) };
}

/** The collection of a recurring payment after another one, or its first that can still be sent; null when there is none. */
export function nextCollection(
  payment: KnownPayment,
  after: Nominal | null,
  now: Date,
  holidays: Holidays,
): Occurrence | null {
  const { interval, processDay, dateStart, dateEnd, mandate } = payment;
  if (interval === null || processDay === null || dateStart === null) return null;
  const last = earlier(dateEnd, mandate?.dateRelease ?? null);
  const schedule = { interval, processDay, dateStart, last, first: mandate && firstOf(mandate) };
  return nextOccurrence(schedule, after, ruleOf(payment), now, holidays);
}

/** A payment whose mandate's first collection was made, or skipped: it is not made again, and takes no regular one's place. */
export function withoutFirst(payment: KnownPayment): KnownPayment {
  if (payment.mandate === null) return payment;
  return { ...payment, mandate: { ...payment.mandate, firstDate: null, firstMode: null } };
}

/** The first collection of a payment that begins to run: a one-time one keeps its day, or has none. */
export function firstCollection(payment: KnownPayment, now: Date, holidays: Holidays): Occurrence | null {
  if (payment.kind === 'RECURRING') return nextCollection(payment, null, now, holidays);
  const nominal = { kind: 'REGULAR', nominalDate: payment.firstNominalDate } as const;
  return occurrenceOn(nominal, ruleOf(payment), now, holidays);
}
