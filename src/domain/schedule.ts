import { addBusinessDays, adjustDate, type DateAdjustmentRule, type Holidays } from './calendar.ts';
import { addDays, CALENDAR_END, type CivilDate, civilDateOf, dayOfMonthAfter, instantAt, weekdayOf } from './dates.ts';

export const PAYMENT_INTERVALS = ['WEEKLY', 'FORTNIGHTLY', 'MONTHLY', 'QUARTERLY', 'BIANNUALLY', 'YEARLY'] as const;
export type PaymentInterval = (typeof PAYMENT_INTERVALS)[number];

const MONTHS: Partial<Record<PaymentInterval, number>> = { MONTHLY: 1, QUARTERLY: 3, BIANNUALLY: 6, YEARLY: 12 };
const DAYS: Partial<Record<PaymentInterval, number>> = { WEEKLY: 7, FORTNIGHTLY: 14 };

/** EFT debits are sent two business days before the action date, by this time in Johannesburg (DOMAIN §6.5). */
const EFT_LEAD_BUSINESS_DAYS = 2;
export const EFT_CUT_OFF = '15:00';

/** When a payment is to be collected. `last` is the last nominal date allowed, inclusive. */
export interface Schedule {
  readonly interval: PaymentInterval;
  readonly processDay: number;
  readonly dateStart: CivilDate;
  readonly last: CivilDate | null;
}

/** One collection: the day agreed, the day it is made, and the instant until which it can be sent. */
export interface Occurrence {
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

/** The instant until which an EFT debit for an action date can be sent. */
export function eftSubmitBy(actionDate: CivilDate, holidays: Holidays): Date {
  return instantAt(addBusinessDays(actionDate, -EFT_LEAD_BUSINESS_DAYS, holidays), EFT_CUT_OFF);
}

/** The earliest business day for which an EFT debit can still be sent. */
export function earliestEftActionDate(now: Date, holidays: Holidays): CivilDate {
  let day = addBusinessDays(civilDateOf(now), 0, holidays);
  while (eftSubmitBy(day, holidays) < now) day = addBusinessDays(day, 1, holidays);
  return day;
}

/**
 * The collection for a nominal date, or null when it can no longer be sent. A date moved back past the cut-off, or before
 * the payment's start, is made on the next business day instead, if that can still be sent.
 */
export function occurrenceOn(
  nominalDate: CivilDate,
  rule: DateAdjustmentRule,
  now: Date,
  holidays: Holidays,
  dateStart: CivilDate | null = null,
): Occurrence | null {
  for (const actionDate of [adjustDate(nominalDate, rule, holidays), addBusinessDays(nominalDate, 0, holidays)]) {
    const submitBy = eftSubmitBy(actionDate, holidays);
    const hasStarted = dateStart === null || actionDate >= dateStart;
    if (hasStarted && submitBy >= now) return { nominalDate, actionDate, submitBy };
  }
  return null;
}

/** The first collection on or after `from` that can still be sent, or null when the schedule ends before. */
export function nextOccurrence(
  schedule: Schedule,
  from: CivilDate,
  rule: DateAdjustmentRule,
  now: Date,
  holidays: Holidays,
): Occurrence | null {
  let nominalDate = nominalDateFrom(schedule, from);
  while (nominalDate !== null) {
    const occurrence = occurrenceOn(nominalDate, rule, now, holidays, schedule.dateStart);
    if (occurrence) return occurrence;
    nominalDate = nominalDateFrom(schedule, addDays(nominalDate, 1));
  }
  return null;
}
