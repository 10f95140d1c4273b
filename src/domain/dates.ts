/** A civil date in Johannesburg, `YYYY-MM-DD`. */
export type CivilDate = string;

/** First date of the calendar that the gateway supports. */
export const CALENDAR_START: CivilDate = '1900-01-01';
/**
 * Last date of the calendar that the gateway supports. No collection is scheduled, and no clock is moved, beyond it.
 */
export const CALENDAR_END: CivilDate = '2199-12-31';
/** Stands for no date where dates are sorted. */
export const NO_DATE: CivilDate = '9999-12-31';

/** Length of a day in milliseconds. */
export const DAY_MS = 86_400_000;
/** Johannesburg is two hours ahead of UTC all year: there is no daylight saving time. */
const JOHANNESBURG_OFFSET_MS = 2 * 3_600_000;

/** Returns the date, or null unless the text is a calendar date from `CALENDAR_START` to `CALENDAR_END`. */
export function parseCivilDate(text: string): CivilDate | null {
  return /^(19|20|21)\d\d-\d\d-\d\d$/.test(text) && isDay(text) ? text : null;
}

/** Returns whether a text in the format YYYY-MM-DD is a calendar date; 30 February is not. */
function isDay(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** Returns the civil date in Johannesburg at an instant. */
export function civilDateOf(instant: Date): CivilDate {
  return new Date(instant.getTime() + JOHANNESBURG_OFFSET_MS).toISOString().slice(0, 10);
}

/** Returns an instant in Johannesburg time, in the format `YYYY-MM-DD HH:MM`. */
export function localTimeOf(instant: Date): string {
  return new Date(instant.getTime() + JOHANNESBURG_OFFSET_MS).toISOString().slice(0, 16).replace('T', ' ');
}

/** Returns the instant of a time of day (`HH:MM`, midnight by default) on a date in Johannesburg. */
export function instantAt(date: CivilDate, time = '00:00'): Date {
  return new Date(`${date}T${time}:00+02:00`);
}

/** Returns the date `days` calendar days after `date`, or before it if `days` is negative. */
export function addDays(date: CivilDate, days: number): CivilDate {
  return dateOfDay(dayOf(date) + days);
}

/** Returns the weekday of a date by ISO 8601: Monday is 1, Sunday is 7. */
export function weekdayOf(date: CivilDate): number {
  // 1970-01-01 was a Thursday.
  return ((((dayOf(date) + 3) % 7) + 7) % 7) + 1;
}

/** Days by date and dates by day, as a batch asks for the same ones thousands of times. The calendar bounds their number. */
const days = new Map<CivilDate, number>();
const dates = new Map<number, CivilDate>();

/** Returns the number of days from 1970-01-01 to a date. */
function dayOf(date: CivilDate): number {
  const known = days.get(date);
  if (known !== undefined) return known;
  const day = Date.parse(`${date}T00:00:00Z`) / DAY_MS;
  if (Number.isNaN(day)) throw new RangeError(`${date} is not a date`);
  if (isInCalendar(date)) days.set(date, day);
  return day;
}

function dateOfDay(day: number): CivilDate {
  const known = dates.get(day);
  if (known !== undefined) return known;
  const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
  if (isInCalendar(date)) dates.set(day, date);
  return date;
}

function isInCalendar(date: CivilDate): boolean {
  return date >= CALENDAR_START && date <= CALENDAR_END;
}

/**
 * Returns a day of the month that is `months` after that of `date`; a day that the month lacks becomes its last day.
 */
export function dayOfMonthAfter(date: CivilDate, months: number, day: number): CivilDate {
  const [year, month] = date.split('-').map(Number) as [number, number];
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(day, last))).toISOString().slice(0, 10);
}

/** RFC 3339 with seconds and an offset; hours up to 23, minutes and seconds up to 59. */
const INSTANT = /^(\d{4}-\d\d-\d\d)[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
const FIRST_INSTANT = instantAt(CALENDAR_START);
const END_OF_INSTANTS = instantAt(CALENDAR_END);

/**
 * Returns the instant, or null unless the text is an RFC 3339 instant with seconds and an offset, from the start of
 * `CALENDAR_START` and before the start of `CALENDAR_END`. A date that does not exist is refused, not rolled over.
 */
export function parseInstant(text: string): Date | null {
  const [, day = ''] = INSTANT.exec(text) ?? [];
  const instant = isDay(day) ? new Date(text) : null;
  return instant && instant >= FIRST_INSTANT && instant < END_OF_INSTANTS ? instant : null;
}

/** Returns the earlier of two end dates; null means no end. */
export function earlier(a: CivilDate | null, b: CivilDate | null): CivilDate | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}
