import type { DateAdjustmentRule, Holidays } from '../calendar.ts';
import { addDays, type CivilDate, dayOfMonthAfter } from '../dates.ts';
import { type Nominal, type PaymentInterval, processDayMax } from '../schedule.ts';
import { type PreviewStart, previewCollections, type ScheduledCollection } from './preview.ts';
import type { PaymentMethodType, PaymentStatus } from './state-machine.ts';

/** Maximum number of days of a forecast, and from today to its end. */
export const UPCOMING_DAYS_MAX = 92;
/** Maximum number of days between the nominal date and the action date of a collection. */
export const MOVED_DAYS_MAX = 15;

/** Dates of a forecast, both inclusive. */
export interface Period {
  readonly from: CivilDate;
  readonly to: CivilDate;
}

/** Payments with the same dates of collection until the end of a forecast, and their number and total amount. */
export interface ScheduleGroup {
  readonly methodId: string;
  readonly methodType: PaymentMethodType;
  readonly dateAdjustmentRule: DateAdjustmentRule;
  readonly status: PaymentStatus;
  readonly interval: PaymentInterval | null;
  readonly processDay: number | null;
  /** First day of the schedule, if it is to come; null for a schedule that has begun. */
  readonly dateStart: CivilDate | null;
  /** Last day of the schedule, if it can matter within the forecast. */
  readonly last: CivilDate | null;
  readonly planned: Nominal;
  readonly count: number;
  readonly amountCents: bigint;
}

/** A part of a forecast: collections of one method and payment status that are agreed for one day and made on one. */
export interface Upcoming {
  readonly methodId: string;
  readonly status: PaymentStatus;
  readonly day: CivilDate;
  readonly nominalDay: CivilDate;
  readonly count: number;
  readonly amountCents: bigint;
}

/** Returns the collections of a forecast period of one schedule, by the rules of `previewCollections`. */
export function collectionsWithin(
  payment: Parameters<typeof previewCollections>[0],
  start: PreviewStart,
  { from, to }: Period,
  now: Date,
  holidays: Holidays,
): ScheduledCollection[] {
  const until = addDays(to, MOVED_DAYS_MAX);
  const rows = previewCollections(payment, start, now, holidays, Number.POSITIVE_INFINITY, until);
  return rows.filter(({ isSkipped, actionDate }) => !isSkipped && actionDate >= from && actionDate <= to);
}

/** Returns what a group of payments with the same dates will collect within a period. */
export function upcomingOf(group: ScheduleGroup, period: Period, now: Date, holidays: Holidays): Upcoming[] {
  const { methodId, methodType, dateAdjustmentRule, status, interval, processDay, planned, count, amountCents } = group;
  const dateStart = group.dateStart ?? (interval && before(planned.nominalDate, interval));
  const dates = { interval, processDay, dateStart, dateEnd: group.last };
  const payment = { methodType, dateAdjustmentRule, amountCents: 0, mandate: null, ...dates };
  const start = { planned, lost: [], hasFirst: true };
  return collectionsWithin(payment, start, period, now, holidays).map(({ actionDate, nominalDate }) => ({
    methodId,
    status,
    day: actionDate,
    nominalDay: nominalDate,
    count,
    amountCents,
  }));
}

/** Returns an earlier day from which a schedule has the same dates: all intervals divide a year or two weeks. */
function before(nominalDate: CivilDate, interval: PaymentInterval): CivilDate {
  const isOfWeeks = processDayMax(interval) === processDayMax('WEEKLY');
  return isOfWeeks ? addDays(nominalDate, -14) : dayOfMonthAfter(nominalDate, -12, Number(nominalDate.slice(8)));
}
