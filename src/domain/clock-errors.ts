import type { Calendar } from './calendar.ts';
import { type CivilDate, localTimeOf } from './dates.ts';
import { type Path, refused, type ValidationError } from './errors.ts';
import { earliestActionDate, type Lead } from './schedule.ts';

// Errors about dates and instants quote the clock of the merchant, because a sandbox clock can differ from wall-clock
// time.

/** Returns the error for a date or an instant in the past. */
export function pastDate(path: Path, now: Date): ValidationError {
  return refused('INVALID_DATE', path, `Must not be in the past: the clock of the merchant shows ${localTimeOf(now)}.`);
}

/**
 * Returns the error for a date whose cut-off has passed. It names the earliest possible date, unless that is after
 * `end`.
 */
export function tooLate(
  path: Path,
  lead: Lead,
  { now, holidays }: Calendar,
  end: CivilDate | null = null,
): ValidationError {
  const earliest = earliestActionDate(lead, now, holidays);
  const shown = `the clock of the merchant shows ${localTimeOf(now)}`;
  const message =
    end !== null && earliest > end
      ? `No date on or before the last date allowed, ${end}, is possible: ${shown}.`
      : `The cut-off for this date has passed: ${shown}. The earliest possible date is ${earliest}.`;
  return refused('LEAD_TIME', path, message);
}
