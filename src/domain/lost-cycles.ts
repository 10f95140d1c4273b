import type { Holidays } from './calendar.ts';
import { addDays, type CivilDate, civilDateOf } from './dates.ts';
import {
  boundsOf,
  type CollectionRule,
  isInCycle,
  type Lost,
  lostCollection,
  type Nominal,
  nominalDateFrom,
  type Schedule,
} from './schedule.ts';

/**
 * Returns whether a cycle is lost when the next collection of a schedule moves away from its planned date: no
 * collection is left in the cycle of that date. A planned date outside the bounds of the schedule was given up on
 * purpose and is not lost.
 */
export function losesCycle(schedule: Schedule, planned: CivilDate, next: Nominal | null): boolean {
  if (
    planned < (schedule.from ?? schedule.dateStart) ||
    planned < schedule.dateStart ||
    (schedule.last !== null && planned > schedule.last)
  )
    return false;
  return next === null || (next.nominalDate > planned && !isInCycle(schedule, planned, next.nominalDate));
}

/**
 * Returns the regular collections that a payment lost because it did not run, by nominal date: those whose last cut-off
 * is at or after `from` and before `until`, and those that have no possible action date.
 */
export function lostBetween(
  schedule: Schedule,
  rule: CollectionRule,
  { from, until }: { readonly from: Date; readonly until: Date },
  holidays: Holidays,
): Lost[] {
  const lost: Lost[] = [];
  const bounds = boundsOf(schedule);
  const start = civilDateOf(from);
  let date = nominalDateFrom(schedule, schedule.from && schedule.from > start ? schedule.from : start);
  while (date !== null) {
    const collection = lostCollection({ kind: 'REGULAR', nominalDate: date }, rule, holidays, bounds);
    const { cutOff } = collection;
    if (cutOff !== null && cutOff >= until) break;
    if (cutOff === null || cutOff >= from) lost.push(collection);
    date = nominalDateFrom(schedule, addDays(date, 1));
  }
  return lost;
}
