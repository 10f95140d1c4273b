/** A day of the trade, `YYYY-MM-DD`, in Johannesburg. */
export type CivilDate = string;

/** The calendar here goes so far: nothing is scheduled, and no clock moved, beyond it. */
export const CALENDAR_END: CivilDate = '2199-12-31';

export const DAY_MS = 86_400_000;
/** Johannesburg is two hours ahead of UTC all year (no daylight saving). */
const JOHANNESBURG_OFFSET_MS = 2 * 3_600_000;

/** The date, or null when the text is not a day of the calendar between 1900 and 2199. */
export function parseCivilDate(text: string): CivilDate | null {
  return /^(19|20|21)\d\d-\d\d-\d\d$/.test(text) && isDay(text) ? text : null;
}

/** Whether a text written YYYY-MM-DD is a day of the calendar: 30 February is none. */
function isDay(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** The day it is in Johannesburg at an instant. */
export function civilDateOf(instant: Date): CivilDate {
  return new Date(instant.getTime() + JOHANNESBURG_OFFSET_MS).toISOString().slice(0, 10);
}

/** An instant as it is read in Johannesburg: `YYYY-MM-DD HH:MM`. */
export function localTimeOf(instant: Date): string {
  return new Date(instant.getTime() + JOHANNESBURG_OFFSET_MS).toISOString().slice(0, 16).replace('T', ' ');
}

/** The instant at which it is `time` (`HH:MM`) on a day in Johannesburg. */
export function instantAt(date: CivilDate, time = '00:00'): Date {
  return new Date(`${date}T${time}:00+02:00`);
}

export function addDays(date: CivilDate, days: number): CivilDate {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Monday is 1, Sunday 7. */
export function weekdayOf(date: CivilDate): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay() || 7;
}

/** The given day of the month `months` after that of `date`; a day the month lacks becomes its last. */
export function dayOfMonthAfter(date: CivilDate, months: number, day: number): CivilDate {
  const [year, month] = date.split('-').map(Number) as [number, number];
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(day, last))).toISOString().slice(0, 10);
}

/** RFC 3339 with seconds and an offset; hours to 23, minutes and seconds to 59. */
const INSTANT = /^(\d{4}-\d\d-\d\d)[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
const FIRST_INSTANT = instantAt('1900-01-01');
const END_OF_INSTANTS = instantAt(CALENDAR_END);

/** The instant, or null when the text is none from 1900 to 2199, which is where the calendar here goes. No day rolls over. */
export function parseInstant(text: string): Date | null {
  const [, day = ''] = INSTANT.exec(text) ?? [];
  const instant = isDay(day) ? new Date(text) : null;
  return instant && instant >= FIRST_INSTANT && instant < END_OF_INSTANTS ? instant : null;
}
