import type { Calendar } from './calendar.ts';
import { type CivilDate, localTimeOf } from './dates.ts';
import { type Path, refused, type ValidationError } from './errors.ts';
import { earliestActionDate, type Lead } from './schedule.ts';

// Errors about days and instants say what the clock of the merchant shows: a sandbox's is not that of the wall.

/** Refuses a day or an instant that is past. */
export function pastDate(path: Path, now: Date): ValidationError {
  return refused('INVALID_DATE', path, `This is past: the clock of the merchant shows ${localTimeOf(now)}.`);
}

/** Refuses a day for which nothing can be sent any more, with the earliest that is left; `end` is the last day allowed. */
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
      ? `No day on or before the end, ${end}, can still be used: ${shown}.`
      : `Too late to be sent: ${shown}. The earliest date is ${earliest}.`;
  return refused('LEAD_TIME', path, message);
}
