import { addDays, type CivilDate, weekdayOf } from './dates.ts';

/** Public holidays in the calendar of a merchant. */
export type Holidays = ReadonlySet<CivilDate>;

/** The time on the clock of a merchant, and its public holidays. */
export interface Calendar {
  readonly now: Date;
  readonly holidays: Holidays;
}

/** All date adjustment rules (DOMAIN §6.5). */
export const DATE_ADJUSTMENT_RULES = [
  'COLLECT_ON_COLLECTION_DAY',
  'COLLECT_ON_PREVIOUS_BUSINESS_DAY',
  'COLLECT_ON_PREVIOUS_BANKING_DAY',
  'COLLECT_ON_NEXT_BUSINESS_DAY',
] as const;
/** How a collection is moved if its nominal date is on a weekend or a public holiday. */
export type DateAdjustmentRule = (typeof DATE_ADJUSTMENT_RULES)[number];

/** Maximum number of days to search for a business day; no calendar has as many non-business days in a row. */
const REST_DAYS_MAX = 60;

/** Returns whether a date is a business day: Monday to Friday and no public holiday. */
export function isBusinessDay(date: CivilDate, holidays: Holidays): boolean {
  return weekdayOf(date) <= 5 && !holidays.has(date);
}

/** Returns whether a date is a banking day: Monday to Saturday and no public holiday. */
export function isBankingDay(date: CivilDate, holidays: Holidays): boolean {
  return weekdayOf(date) <= 6 && !holidays.has(date);
}

/**
 * Returns the date `count` business days after `date`, or before it if `count` is negative. Zero returns the first
 * business day on or after `date`.
 */
export function addBusinessDays(date: CivilDate, count: number, holidays: Holidays): CivilDate {
  const step = count < 0 ? -1 : 1;
  let day = date;
  if (count === 0) return nearest(day, 1, (at) => isBusinessDay(at, holidays));
  for (let left = Math.abs(count); left > 0; left -= 1) {
    day = nearest(addDays(day, step), step, (at) => isBusinessDay(at, holidays));
  }
  return day;
}

/** Returns the action date for a nominal date (DOMAIN §6.5, "actionDate"). */
export function adjustDate(date: CivilDate, rule: DateAdjustmentRule, holidays: Holidays): CivilDate {
  switch (rule) {
    case 'COLLECT_ON_COLLECTION_DAY':
      return date;
    case 'COLLECT_ON_PREVIOUS_BUSINESS_DAY':
      return nearest(date, -1, (at) => isBusinessDay(at, holidays));
    case 'COLLECT_ON_PREVIOUS_BANKING_DAY':
      return nearest(date, -1, (at) => isBankingDay(at, holidays));
    case 'COLLECT_ON_NEXT_BUSINESS_DAY':
      return nearest(date, 1, (at) => isBusinessDay(at, holidays));
  }
}

function nearest(date: CivilDate, step: 1 | -1, suits: (date: CivilDate) => boolean): CivilDate {
  let day = date;
  for (let moved = 0; moved < REST_DAYS_MAX; moved += 1) {
    if (suits(day)) return day;
    day = addDays(day, step);
  }
  throw new RangeError(`no business or banking day within ${REST_DAYS_MAX} days of ${date}`);
}
