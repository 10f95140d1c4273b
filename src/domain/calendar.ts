import { addDays, type CivilDate, weekdayOf } from './dates.ts';

/** The days on which a merchant's banks rest, besides weekends. */
export type Holidays = ReadonlySet<CivilDate>;

/** What day it is for a merchant, and when its banks rest. */
export interface Calendar {
  readonly now: Date;
  readonly holidays: Holidays;
}

export const DATE_ADJUSTMENT_RULES = [
  'COLLECT_ON_COLLECTION_DAY',
  'COLLECT_ON_PREVIOUS_BUSINESS_DAY',
  'COLLECT_ON_PREVIOUS_BANKING_DAY',
  'COLLECT_ON_NEXT_BUSINESS_DAY',
] as const;
export type DateAdjustmentRule = (typeof DATE_ADJUSTMENT_RULES)[number];

/** No calendar has so many days of rest in a row. */
const REST_DAYS_MAX = 60;

/** Monday to Friday, no holiday. */
export function isBusinessDay(date: CivilDate, holidays: Holidays): boolean {
  return weekdayOf(date) <= 5 && !holidays.has(date);
}

/** Monday to Saturday, no holiday. */
export function isBankingDay(date: CivilDate, holidays: Holidays): boolean {
  return weekdayOf(date) <= 6 && !holidays.has(date);
}

/** The business day `count` business days away from a date; zero moves a day of rest to the next business day. */
export function addBusinessDays(date: CivilDate, count: number, holidays: Holidays): CivilDate {
  const step = count < 0 ? -1 : 1;
  let day = date;
  if (count === 0) return nearest(day, 1, (at) => isBusinessDay(at, holidays));
  for (let left = Math.abs(count); left > 0; left -= 1) {
    day = nearest(addDays(day, step), step, (at) => isBusinessDay(at, holidays));
  }
  return day;
}

/** The day on which a collection with this nominal date is made (DOMAIN §6.5, "actionDate"). */
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
  throw new RangeError(`no day that suits within ${REST_DAYS_MAX} days of ${date}`);
}
