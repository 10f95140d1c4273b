import { type CycleSchedule, datesOutOfStep, isCollected } from '../collected-cycles.ts';
import { refused } from '../errors.ts';
import type { Findings } from '../findings.ts';
import { nominalDateFrom } from '../schedule.ts';
import type { History } from './imported-collection.ts';

/**
 * Returns whether a schedule goes on where another system stopped: the last collection is in step with it, and its cycle
 * is over on the day from which it goes on.
 */
export function fitsHistory(
  cycles: CycleSchedule,
  { made, continueFrom }: History,
  { path, errors }: Findings,
): boolean {
  const before = errors.length;
  const { schedule } = cycles;
  if (made?.lastRegular) {
    const dates = datesOutOfStep(schedule, made.lastRegular);
    if (dates) {
      const message = `The schedule has no date near ${made.lastRegular}, the last collection made; it has ${dates.join(' and ')}.`;
      errors.push(refused('INVALID_DATE', [...path, 'dateStart'], message));
    }
  }
  const next = continueFrom === null ? null : nominalDateFrom(schedule, continueFrom);
  if (made && next !== null && isCollected(cycles, made, { kind: 'REGULAR', nominalDate: next })) {
    const message = `The cycle of ${next} was collected on ${made.nominalDate} already. Choose a later day.`;
    errors.push(refused('INVALID_DATE', [...path, 'continueFrom'], message));
  }
  return errors.length === before;
}
