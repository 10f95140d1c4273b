import type { Holidays } from './calendar.ts';
import { addDays, type CivilDate, DAY_MS, weekdayOf } from './dates.ts';
import {
  type CollectionRule,
  DAYS,
  type FirstCollectionMode,
  isInCycle,
  type Lost,
  MONTHS,
  monthNumber,
  type Nominal,
  nominalDateFrom,
  type PaymentInterval,
  type Schedule,
  type Search,
  searchNext,
} from './schedule.ts';

/** The collections of a payment that were made: the last one, and the last regular one. */
export interface Made extends Nominal {
  readonly lastRegular: CivilDate | null;
  /** Whether the FIRST collection is among them. */
  readonly hasFirst: boolean;
}

/** A schedule and how its first collection relates to the regular ones, also when that was made already. */
export interface CycleSchedule {
  readonly schedule: Schedule;
  readonly firstMode: FirstCollectionMode | null;
}

/**
 * Returns whether a day belongs to the cycle of a date that an earlier schedule collected: it follows it by at
 * most half an interval. Cycles cannot be counted, because the dates of the two schedules may be out of step.
 */
export function isSameCycle(interval: PaymentInterval, collected: CivilDate, day: CivilDate): boolean {
  const days = DAYS[interval];
  if (days === undefined) return (monthNumber(day) - monthNumber(collected)) * 2 <= (MONTHS[interval] ?? 1);
  const monday = (date: CivilDate) => Date.parse(addDays(date, 1 - weekdayOf(date)));
  return ((monday(day) - monday(collected)) / DAY_MS) * 2 <= days;
}

/**
 * Returns whether the cycle of a collection is collected already: by the last regular collection, whatever the day of
 * either, or by a first collection that replaces it (DOMAIN §0.1.7). An additional first collection has no cycle.
 */
export function isCollected(
  { schedule, firstMode }: CycleSchedule,
  made: Made,
  { kind, nominalDate }: Nominal,
): boolean {
  const replaces = firstMode === 'REPLACES_INSTALMENT';
  if (kind === 'FIRST' && !replaces) return false;
  if (made.lastRegular !== null && isSameCycle(schedule.interval, made.lastRegular, nominalDate)) return true;
  return replaces && kind === 'REGULAR' && made.kind === 'FIRST' && isInCycle(schedule, nominalDate, made.nominalDate);
}

/**
 * Returns the next collection in a cycle that is not collected and that can still be sent, and the collections before it
 * that cannot.
 */
export function searchUncollected(
  cycles: CycleSchedule,
  made: Made,
  rule: CollectionRule,
  now: Date,
  holidays: Holidays,
): Search {
  const schedule = made.hasFirst ? { ...cycles.schedule, first: null } : cycles.schedule;
  const lost: Lost[] = [];
  let after: Nominal = made;
  for (;;) {
    const search = searchNext(schedule, after, rule, now, holidays);
    lost.push(...search.lost.filter((nominal) => !isCollected(cycles, made, nominal)));
    if (search.next === null || !isCollected(cycles, made, search.next)) return { next: search.next, lost };
    after = search.next;
  }
}

/** Number of days by which a collection of several months may be away from its date on the schedule. */
const MONTHS_OFF_DAYS_MAX = 15;

/**
 * Returns the dates of a schedule around a day, if none of them can be the date of a collection on that day: the
 * schedule is out of step with it. Null if it is in step, as monthly and weekly schedules always are.
 */
export function datesOutOfStep(schedule: Schedule, day: CivilDate): readonly CivilDate[] | null {
  const { interval } = schedule;
  if (interval === 'MONTHLY' || interval === 'WEEKLY') return null;
  const before = [...datesUntil(schedule, day)].at(-1) ?? null;
  const next = nominalDateFrom(schedule, day);
  const around = [before, next].flatMap((date) => date ?? []);
  const monday = (date: CivilDate) => addDays(date, 1 - weekdayOf(date));
  const isNear = (date: CivilDate) =>
    interval === 'FORTNIGHTLY'
      ? monday(date) === monday(day)
      : date.slice(0, 7) === day.slice(0, 7) ||
        Math.abs(Date.parse(date) - Date.parse(day)) / DAY_MS <= MONTHS_OFF_DAYS_MAX;
  return around.some(isNear) ? null : around;
}

function* datesUntil(schedule: Schedule, day: CivilDate): Generator<CivilDate> {
  let date = nominalDateFrom({ ...schedule, last: null }, schedule.dateStart);
  while (date !== null && date < day) {
    yield date;
    date = nominalDateFrom({ ...schedule, last: null }, addDays(date, 1));
  }
}
