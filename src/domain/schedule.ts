import { addBusinessDays, adjustDate, type DateAdjustmentRule, type Holidays } from './calendar.ts';
import {
  addDays,
  CALENDAR_END,
  type CivilDate,
  civilDateOf,
  dayOfMonthAfter,
  instantAt,
  localTimeOf,
  weekdayOf,
} from './dates.ts';
import type { PaymentMethodType } from './payment/state-machine.ts';
import type { TransactionKind } from './transaction.ts';

/** All intervals between collections. */
export const PAYMENT_INTERVALS = ['WEEKLY', 'FORTNIGHTLY', 'MONTHLY', 'QUARTERLY', 'BIANNUALLY', 'YEARLY'] as const;
/** Interval between two collections of a payment. */
export type PaymentInterval = (typeof PAYMENT_INTERVALS)[number];

/** Months of each interval of months. */
export const MONTHS: Partial<Record<PaymentInterval, number>> = { MONTHLY: 1, QUARTERLY: 3, BIANNUALLY: 6, YEARLY: 12 };
/** Days of each interval of weeks. */
export const DAYS: Partial<Record<PaymentInterval, number>> = { WEEKLY: 7, FORTNIGHTLY: 14 };

/**
 * Lead time, sending time and cut-off of a debit, in Johannesburg time (DOMAIN §6.5). EFT is collected on business days
 * and sent two business days earlier. DebiCheck and registered mandates are collected on any day and sent one business
 * day earlier. A card is charged on its action date.
 */
export const LEADS = {
  EFT: { businessDays: 2, anyDay: false, sendAt: '15:00', cutOff: '15:00' },
  AUTHORISED: { businessDays: 1, anyDay: true, sendAt: '15:00', cutOff: '15:00' },
  CARD: { businessDays: 0, anyDay: true, sendAt: '08:00', cutOff: '23:59' },
} as const;
/** Kind of lead time: a key of `LEADS`. */
export type Lead = keyof typeof LEADS;

/** Returns the lead time of a payment method type. */
export function leadOf(type: PaymentMethodType): Lead {
  if (type === 'CARD') return 'CARD';
  return type === 'DEBICHECK' || type === 'REGISTERED_MANDATE' ? 'AUTHORISED' : 'EFT';
}

/** How a payment method collects: its date adjustment rule and its lead time. */
export interface CollectionRule {
  readonly adjustment: DateAdjustmentRule;
  readonly lead: Lead;
}

/**
 * All first collection modes: it replaces the regular collection of its cycle, or is a separate debit (DOMAIN §0.1.7).
 */
export const FIRST_COLLECTION_MODES = ['REPLACES_INSTALMENT', 'ADDITIONAL'] as const;
/** How the first collection relates to the regular ones. */
export type FirstCollectionMode = (typeof FIRST_COLLECTION_MODES)[number];

/** When a payment is collected. `last` is the last nominal date and the last action date allowed, inclusive. */
export interface Schedule {
  readonly interval: PaymentInterval;
  readonly processDay: number;
  readonly dateStart: CivilDate;
  readonly last: CivilDate | null;
  /** First nominal date to collect, if another system has collected those before; null from the start. */
  readonly from?: CivilDate | null;
  /** A first collection with its own amount (DOMAIN §6.2). */
  readonly first?: { readonly date: CivilDate; readonly mode: FirstCollectionMode } | null;
}

/** A collection of a schedule: its nominal date, and whether it is the first or a regular one. */
export interface Nominal {
  readonly kind: TransactionKind;
  readonly nominalDate: CivilDate;
}

/** A collection with its nominal date, its action date and its cut-off, the last instant at which it can be sent. */
export interface Occurrence extends Nominal {
  readonly nominalDate: CivilDate;
  readonly actionDate: CivilDate;
  readonly submitBy: Date;
}

/**
 * Returns the highest process day of an interval: 31 for days of the month, 7 for weekdays, Monday 1 (DOMAIN §0.1.12).
 */
export function processDayMax(interval: PaymentInterval): number {
  return interval in DAYS ? 7 : 31;
}

/** Returns the earliest nominal date on or after `from`, or null if the schedule ends before. */
export function nominalDateFrom(schedule: Schedule, from: CivilDate): CivilDate | null {
  for (let count = countBefore(schedule, from); ; count += 1) {
    const date = nominalDateAt(schedule, count);
    if (date > (schedule.last ?? CALENDAR_END) || date > CALENDAR_END) return null;
    if (date >= from) return date;
  }
}

/** Returns a lower bound of the number of nominal dates before a date, from which to search for the next one. */
function countBefore({ interval, dateStart }: Schedule, from: CivilDate): number {
  const days = (Date.parse(from) - Date.parse(dateStart)) / 86_400_000;
  const length = DAYS[interval] ?? (MONTHS[interval] ?? 1) * 31;
  return Math.max(0, Math.floor(days / length) - 1);
}

/**
 * Returns the nominal date number `count`, always counted from the start: day 31 is clamped in February and 31 again in
 * March.
 */
function nominalDateAt(schedule: Schedule, count: number): CivilDate {
  const { dateStart, processDay } = schedule;
  const days = DAYS[schedule.interval];
  if (days !== undefined) return addDays(dateStart, ((processDay - weekdayOf(dateStart) + 7) % 7) + count * days);
  const months = MONTHS[schedule.interval] ?? 1;
  const startsLater = dayOfMonthAfter(dateStart, 0, processDay) < dateStart ? 1 : 0;
  return dayOfMonthAfter(dateStart, startsLater + count * months, processDay);
}

/** Returns the cut-off of an action date: the last instant at which a debit can be sent. */
export function submitByOf(lead: Lead, actionDate: CivilDate, holidays: Holidays): Date {
  const { businessDays, cutOff } = LEADS[lead];
  return instantAt(businessDays === 0 ? actionDate : addBusinessDays(actionDate, -businessDays, holidays), cutOff);
}

/** Returns the instant at which a debit with the cut-off `submitBy` is sent. */
export function sendAtOf(lead: Lead, submitBy: Date): Date {
  return instantAt(civilDateOf(submitBy), LEADS[lead].sendAt);
}

/** Returns the earliest action date whose cut-off has not passed. */
export function earliestActionDate(lead: Lead, now: Date, holidays: Holidays): CivilDate {
  const next = (day: CivilDate) => (LEADS[lead].anyDay ? addDays(day, 1) : addBusinessDays(day, 1, holidays));
  const today = civilDateOf(now);
  let day = LEADS[lead].anyDay ? today : addBusinessDays(today, 0, holidays);
  while (submitByOf(lead, day, holidays) < now) day = next(day);
  return day;
}

/** The first and the last date on which a payment may be collected, inclusive; null means no bound. */
export interface Bounds {
  readonly start: CivilDate | null;
  readonly end: CivilDate | null;
}

/** Bounds that allow every date. */
export const UNBOUNDED: Bounds = { start: null, end: null };

/**
 * Returns the collection for a nominal date, or null if it can no longer be sent. If the adjusted date is before the
 * start or its cut-off has passed, the first business day on or after the nominal date is used. If a date would be
 * after the end, the last business day on or before the end is tried too (DOMAIN §6.5).
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

/**
 * Returns the possible action dates of a nominal date, the preferred one first; none if the nominal date is after the
 * end.
 */
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

/** A collection of a schedule that cannot be sent any more. */
export interface Lost extends Nominal {
  /** Human-readable reason. */
  readonly reason: string;
  /** Its last cut-off; null if no possible action date is within the bounds. */
  readonly cutOff: Date | null;
}

/** Returns a collection that cannot be sent any more, with its last cut-off and the reason. */
export function lostCollection(nominal: Nominal, rule: CollectionRule, holidays: Holidays, bounds: Bounds): Lost {
  const cutOffs = actionDatesOf(nominal.nominalDate, rule, holidays, bounds).map((day) => {
    return submitByOf(rule.lead, day, holidays);
  });
  const cutOff = cutOffs.reduce<Date | null>((latest, at) => (latest === null || at > latest ? at : latest), null);
  const reason =
    cutOff === null
      ? `It has no possible date between the start and the end of the payment${bounds.end === null ? '' : `, ${bounds.end}`}.`
      : `Its cut-off, ${localTimeOf(cutOff)}, has passed.`;
  return { ...nominal, reason, cutOff };
}

/** The next collection that can be sent, and the collections before it that cannot. */
export interface Search {
  readonly next: Occurrence | null;
  readonly lost: readonly Lost[];
}

/**
 * Returns the next collection after `after` that can still be sent, or of the whole schedule if `after` is null; `next`
 * is null if the schedule ends before. A first collection that cannot be sent any more does not replace a regular one.
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

/** Returns the first and the last date on which a schedule may be collected. */
export function boundsOf({ dateStart, last }: Pick<Schedule, 'dateStart' | 'last'>): Bounds {
  return { start: dateStart, end: last };
}

/** Returns the next collection that can still be sent, as `searchNext` finds it. */
export function nextOccurrence(
  schedule: Schedule,
  after: Nominal | null,
  rule: CollectionRule,
  now: Date,
  holidays: Holidays,
): Occurrence | null {
  return searchNext(schedule, after, rule, now, holidays).next;
}

/** Returns the next collection by nominal date; on the same date, the first collection precedes the regular one. */
export function nextNominal(schedule: Schedule, after: Nominal | null): Nominal | null {
  const { first = null, last } = schedule;
  const isFirstToCome =
    first !== null &&
    first.date >= beginOf(schedule) &&
    first.date <= (last ?? CALENDAR_END) &&
    (after === null || first.date > after.nominalDate);
  const regular = nextRegular(schedule, after);
  if (isFirstToCome && (regular === null || first.date <= regular)) return { kind: 'FIRST', nominalDate: first.date };
  return regular === null ? null : { kind: 'REGULAR', nominalDate: regular };
}

/** Returns the first day of a schedule on which a nominal date may be collected. */
function beginOf({ dateStart, from = null }: Schedule): CivilDate {
  return from !== null && from > dateStart ? from : dateStart;
}

function nextRegular(schedule: Schedule, after: Nominal | null): CivilDate | null {
  const { first } = schedule;
  const begin = beginOf(schedule);
  const start = after === null ? begin : addDays(after.nominalDate, after.kind === 'FIRST' ? 0 : 1);
  const date = nominalDateFrom(schedule, start < begin ? begin : start);
  // The first collection replaces the regular one of its cycle, whatever the day of either (DOMAIN §0.1.7).
  if (date === null || first?.mode !== 'REPLACES_INSTALMENT' || !isInCycle(schedule, date, first.date)) return date;
  return nominalDateFrom(schedule, addDays(date, 1));
}

/** Returns whether a day is in the cycle of a regular date: its calendar months, or its weeks from Monday. */
export function isInCycle({ interval }: Pick<Schedule, 'interval'>, regular: CivilDate, day: CivilDate): boolean {
  const days = DAYS[interval];
  if (days === undefined) {
    const months = monthNumber(day) - monthNumber(regular);
    return months >= 0 && months < (MONTHS[interval] ?? 1);
  }
  const monday = addDays(regular, 1 - weekdayOf(regular));
  return day >= monday && day < addDays(monday, days);
}

/** Returns the number of a date's month, counted from the year 0. */
export function monthNumber(date: CivilDate): number {
  return Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7));
}
