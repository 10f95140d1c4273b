import { addDays, type CivilDate, weekdayOf } from './dates.ts';

/** A public holiday in South Africa. */
export interface PublicHoliday {
  readonly date: CivilDate;
  readonly name: string;
}

/** Public holidays on fixed dates: Public Holidays Act 36 of 1994, schedule 1. */
const FIXED: ReadonlyArray<readonly [monthDay: string, name: string]> = [
  ['01-01', "New Year's Day"],
  ['03-21', 'Human Rights Day'],
  ['04-27', 'Freedom Day'],
  ['05-01', "Workers' Day"],
  ['06-16', 'Youth Day'],
  ['08-09', "National Women's Day"],
  ['09-24', 'Heritage Day'],
  ['12-16', 'Day of Reconciliation'],
  ['12-25', 'Christmas Day'],
  ['12-26', 'Day of Goodwill'],
];

/**
 * Returns the public holidays of a year by rule, in date order. If a holiday is on a Sunday, the Monday is a holiday
 * too (section 2). Holidays that the President proclaims are not included; they are added to the holiday table of each
 * merchant.
 */
export function publicHolidays(year: number): readonly PublicHoliday[] {
  const easter = easterSunday(year);
  const named: PublicHoliday[] = [
    ...FIXED.map(([monthDay, name]) => ({ date: `${year}-${monthDay}`, name })),
    { date: addDays(easter, -2), name: 'Good Friday' },
    { date: addDays(easter, 1), name: 'Family Day' },
  ];
  const taken = new Set(named.map((holiday) => holiday.date));
  const observed = named
    .filter((holiday) => weekdayOf(holiday.date) === 7 && !taken.has(addDays(holiday.date, 1)))
    .map((holiday) => ({ date: addDays(holiday.date, 1), name: `${holiday.name} (observed)` }));
  return [...named, ...observed].sort((a, b) => (a.date < b.date ? -1 : 1));
}

/** Returns Easter Sunday by the Gregorian computus of Meeus, Jones and Butcher. */
function easterSunday(year: number): CivilDate {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const yearOfCentury = year % 100;
  const correction = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const epact = (19 * golden + century - Math.floor(century / 4) - correction + 15) % 30;
  const weekday = (32 + 2 * (century % 4) + 2 * Math.floor(yearOfCentury / 4) - epact - (yearOfCentury % 4)) % 7;
  const shift = Math.floor((golden + 11 * epact + 22 * weekday) / 451);
  const days = epact + weekday - 7 * shift + 114;
  const month = Math.floor(days / 31);
  return `${year}-${String(month).padStart(2, '0')}-${String((days % 31) + 1).padStart(2, '0')}`;
}
