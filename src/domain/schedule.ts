import { addBusinessDays, adjustDate, type DateAdjustmentRule, type Holidays } from './calendar.ts';
import {
  addDays,
  CALENDAR_END,
  type CivilDate,
  civilDateOf,
  DAY_MS,
  dayOfMonthAfter,
  instantAt,
  localTimeOf,
  weekdayOf,
} from './dates.ts';
import type { PaymentMethodType } from './payment/state-machine.ts';
import type { TransactionKind } from './transaction.ts';

export const PAYMENT_INTERVALS = ['WEEKLY', 'FORTNIGHTLY', 'MONTHLY', 'QUARTERLY', 'BIANNUALLY', 'YEARLY'] as const;
export type PaymentInterval = (typeof PAYMENT_INTERVALS)[number];

const MONTHS: Partial<Record<PaymentInterval, number>> = { MONTHLY: 1, QUARTERLY: 3, BIANNUALLY: 6, YEARLY: 12 };
const DAYS: Partial<Record<PaymentInterval, number>> = { WEEKLY: 7, FORTNIGHTLY: 14 };

/**
 * How long before its action date a debit is sent, and until what time in Johannesburg (DOMAIN §6.5): EFT is made on business
 * days, two after it is sent; what debtor or bank have authorised is made on any day, one business day after; a card is charged
 * on its day, from the morning on.
 */
export const LEADS = {
  EFT: { businessDays: 2, anyDay: false, sendAt: '15:00', cutOff: '15:00' },
  AUTHORISED: { businessDays: 1, anyDay: true, sendAt: '15:00', cutOff: '15:00' },
  CARD: { businessDays: 0, anyDay: true, sendAt: '08:00', cutOff: '23:59' },
} as const;
export type Lead = keyof typeof LEADS;

export function leadOf(type: PaymentMethodType): Lead {
  if (type === 'CARD') return 'CARD';
  return type === 'DEBICHECK' || type === 'REGISTERED_MANDATE' ? 'AUTHORISED' : 'EFT';
}

/** How a method collects: where a day of rest moves the collection, and how long before it is sent. */
export interface CollectionRule {
  readonly adjustment: DateAdjustmentRule;
  readonly lead: Lead;
}

/** The first debit takes the place of the regular one of its cycle, or is one of its own (DOMAIN §0.1.7). */
export const FIRST_COLLECTION_MODES = ['REPLACES_INSTALMENT', 'ADDITIONAL'] as const;
export type FirstCollectionMode = (typeof FIRST_COLLECTION_MODES)[number];

/** When a payment is to be collected. `last` is the last day allowed, nominal and action date alike, inclusive. */
export interface Schedule {
  readonly interval: PaymentInterval;
  readonly processDay: number;
  readonly dateStart: CivilDate;
  readonly last: CivilDate | null;
  /** A first collection of its own amount (DOMAIN §6.2). */
  readonly first?: { readonly date: CivilDate; readonly mode: FirstCollectionMode } | null;
}

/** A collection of a schedule: the agreed day, and whether it is the first one or a regular one. */
export interface Nominal {
  readonly kind: TransactionKind;
  readonly nominalDate: CivilDate;
}

/** One collection: the day agreed, the day it is made, and the instant until which it can be sent. */
export interface Occurrence extends Nominal {
  readonly nominalDate: CivilDate;
  readonly actionDate: CivilDate;
  readonly submitBy: Date;
}

/** The largest process day of an interval: days of the month, or of the week with Monday 1 (DOMAIN §0.1.12). */
export function processDayMax(interval: PaymentInterval): number {
  return interval in DAYS ? 7 : 31;
}

/** The earliest nominal date on or after `from`, or null when the schedule has ended. */
export function nominalDateFrom(schedule: Schedule, from: CivilDate): CivilDate | null {
  for (let count = countBefore(schedule, from); ; count += 1) {
    const date = nominalDateAt(schedule, count);
    if (date > (schedule.last ?? CALENDAR_END) || date > CALENDAR_END) return null;
    if (date >= from) return date;
  }
}

/** How many nominal dates surely lie before a date: where the search for the next one begins. */
function countBefore({ interval, dateStart }: Schedule, from: CivilDate): number {
  const days = (Date.parse(from) - Date.parse(dateStart)) / 86_400_000;
  const length = DAYS[interval] ?? (MONTHS[interval] ?? 1) * 31;
  return Math.max(0, Math.floor(days / length) - 1);
}

/** Counted from the anchor each time: a day clamped in February is the 31st again in March. */
function nominalDateAt(schedule: Schedule, count: number): CivilDate {
  const { dateStart, processDay } = schedule;
  const days = DAYS[schedule.interval];
  if (days !== undefined) return addDays(dateStart, ((processDay - weekdayOf(dateStart) + 7) % 7) + count * days);
  const months = MONTHS[schedule.interval] ?? 1;
  const startsLater = dayOfMonthAfter(dateStart, 0, processDay) < dateStart ? 1 : 0;
  return dayOfMonthAfter(dateStart, startsLater + count * months, processDay);
}

/** The instant until which a debit for an action date can be sent. */
export function submitByOf(lead: Lead, actionDate: CivilDate, holidays: Holidays): Date {
  const { businessDays, cutOff } = LEADS[lead];
  return instantAt(businessDays === 0 ? actionDate : addBusinessDays(actionDate, -businessDays, holidays), cutOff);
}

/** The instant at which a debit is sent that can be sent until `submitBy`. */
export function sendAtOf(lead: Lead, submitBy: Date): Date {
  return instantAt(civilDateOf(submitBy), LEADS[lead].sendAt);
}

/** The earliest day for which a debit can still be sent. */
export function earliestActionDate(lead: Lead, now: Date, holidays: Holidays): CivilDate {
  const next = (day: CivilDate) => (LEADS[lead].anyDay ? addDays(day, 1) : addBusinessDays(day, 1, holidays));
  const today = civilDateOf(now);
  let day = LEADS[lead].anyDay ? today : addBusinessDays(today, 0, holidays);
  while (submitByOf(lead, day, holidays) < now) day = next(day);
  return day;
}

/** The days on which a payment may be collected, both inclusive; null where there is no bound. */
export interface Bounds {
  readonly start: CivilDate | null;
  readonly end: CivilDate | null;
}

export const UNBOUNDED: Bounds = { start: null, end: null };

/**
 * The collection for a nominal date, or null when it can no longer be sent. A date moved back past the cut-off, or before the
 * payment's start, is made on the next business day instead, if that can still be sent. No collection is made after the end: one that
 * would be is made on the last business day on or before it, if that can still be sent (DOMAIN §6.5).
 */
export function occurrenceOn(
  { kind, nominalDate }: Nominal,
  rule: CollectionRule,
  now: Date,
  holidays: Holidays,
  bounds: Bounds = UNBOUNDED,
): Occurrence | null {
  for (const actionDate of actionDatesOf(nominalDate, rule, holidays, bounds)) {
    const submitBy = submitByOf(rule.lead, actionDate, holidays);
    if (submitBy >= now) return { kind, nominalDate, actionDate, submitBy };
  }
  return null;
}

/** The days on which the collection of a nominal date can be made, the preferred one first; none for a date after the end. */
function actionDatesOf(
  nominalDate: CivilDate,
  { adjustment }: CollectionRule,
  holidays: Holidays,
  { start, end }: Bounds,
): CivilDate[] {
  if (end !== null && nominalDate > end) return [];
  const moved = [adjustDate(nominalDate, adjustment, holidays), addBusinessDays(nominalDate, 0, holidays)];
  const isAfterEnd = end !== null && moved.some((day) => day > end);
  const days = isAfterEnd ? [...moved, adjustDate(end, 'COLLECT_ON_PREVIOUS_BUSINESS_DAY', holidays)] : moved;
  return days.filter((day) => (start === null || day >= start) && (end === null || day <= end));
}

/** A collection of a schedule that will not be made. */
export interface Lost extends Nominal {
  /** For people. */
  readonly reason: string;
  /** The last instant at which it could have been sent; null when no day within its bounds would do. */
  readonly cutOff: Date | null;
}

/** A collection that cannot be sent any more, with the reason. */
export function lostCollection(nominal: Nominal, rule: CollectionRule, holidays: Holidays, bounds: Bounds): Lost {
  const cutOffs = actionDatesOf(nominal.nominalDate, rule, holidays, bounds).map((day) => {
    return submitByOf(rule.lead, day, holidays);
  });
  const cutOff = cutOffs.reduce<Date | null>((latest, at) => (latest === null || at > latest ? at : latest), null);
  const reason =
    cutOff === null
      ? `No day of it lies between the start and the end of the payment${bounds.end === null ? '' : `, ${bounds.end}`}.`
      : `Its cut-off, ${localTimeOf(cutOff)}, has passed.`;
  return { ...nominal, reason, cutOff };
}

/** The next collection, and those before it that will not be made. */
export interface Search {
  readonly next: Occurrence | null;
  readonly lost: readonly Lost[];
}

/**
 * Looks for the next collection after another, or the first of all, that can still be sent; null when the schedule ends before. A
 * first collection that cannot be sent any more takes no regular one's place.
 */
export function searchNext(
  schedule: Schedule,
  after: Nominal | null,
  rule: CollectionRule,
  now: Date,
  holidays: Holidays,
): Search {
  const bounds = boundsOf(schedule);
  const lost: Lost[] = [];
  let remaining = schedule;
  let last = after;
  for (;;) {
    const nominal = nextNominal(remaining, last);
    if (nominal === null) return { next: null, lost };
    const next = occurrenceOn(nominal, rule, now, holidays, bounds);
    if (next) return { next, lost };
    lost.push(lostCollection(nominal, rule, holidays, bounds));
    if (nominal.kind === 'FIRST') remaining = { ...remaining, first: null };
    else last = nominal;
  }
}

/** The days on which a schedule may be collected. */
export function boundsOf({ dateStart, last }: Pick<Schedule, 'dateStart' | 'last'>): Bounds {
  return { start: dateStart, end: last };
}

/** The next collection that can still be sent, as `searchNext` finds it. */
export function nextOccurrence(
  schedule: Schedule,
  after: Nominal | null,
  rule: CollectionRule,
  now: Date,
  holidays: Holidays,
): Occurrence | null {
  return searchNext(schedule, after, rule, now, holidays).next;
}

/** The next agreed collection. On one day the first collection comes before the regular one. */
export function nextNominal(schedule: Schedule, after: Nominal | null): Nominal | null {
  const { first = null, dateStart, last } = schedule;
  const isFirstToCome =
    first !== null &&
    first.date >= dateStart &&
    first.date <= (last ?? CALENDAR_END) &&
    (after === null || first.date > after.nominalDate);
  const regular = nextRegular(schedule, after);
  if (isFirstToCome && (regular === null || first.date <= regular)) return { kind: 'FIRST', nominalDate: first.date };
  return regular === null ? null : { kind: 'REGULAR', nominalDate: regular };
}

function nextRegular(schedule: Schedule, after: Nominal | null): CivilDate | null {
  const { first, dateStart } = schedule;
  const start = after === null ? dateStart : addDays(after.nominalDate, after.kind === 'FIRST' ? 0 : 1);
  const date = nominalDateFrom(schedule, start < dateStart ? dateStart : start);
  // The first collection takes the place of the regular one of its cycle, on whatever day that is (DOMAIN §0.1.7).
  if (date === null || first?.mode !== 'REPLACES_INSTALMENT' || !isInCycle(schedule, date, first.date)) return date;
  return nominalDateFrom(schedule, addDays(date, 1));
}

/** Whether a day lies in the cycle of a regular date: its months, or its weeks from Monday. */
export function isInCycle({ interval }: Pick<Schedule, 'interval'>, regular: CivilDate, day: CivilDate): boolean {
  const days = DAYS[interval];
  if (days === undefined) {
    const months = monthNumber(day) - monthNumber(regular);
    return months >= 0 && months < (MONTHS[interval] ?? 1);
  }
  const monday = addDays(regular, 1 - weekdayOf(regular));
  return day >= monday && day < addDays(monday, days);
}

/**
 * Whether a day falls into the cycle of one that was collected by an earlier schedule: nearer to it than half an interval. The
 * grids of two schedules may be out of step, so that cycles cannot be counted.
 */
export function isSameCycle(interval: PaymentInterval, collected: CivilDate, day: CivilDate): boolean {
  const days = DAYS[interval];
  if (days === undefined) return (monthNumber(day) - monthNumber(collected)) * 2 < (MONTHS[interval] ?? 1);
  const monday = (date: CivilDate) => Date.parse(addDays(date, 1 - weekdayOf(date)));
  return ((monday(day) - monday(collected)) / DAY_MS) * 2 < days;
}

function monthNumber(date: CivilDate): number {
  return Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7));
}
