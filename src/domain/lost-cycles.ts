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
 * Whether a cycle is lost when the next collection of a schedule moves away from the day it was planned for: none follows in the cycle of
 * that day. A day outside the bounds of the schedule is not lost, but given up.
 */
export function losesCycle(schedule: Schedule, planned: CivilDate, next: Nominal | null): boolean {
  if (planned < schedule.dateStart || (schedule.last !== null && planned > schedule.last)) return false;
  return next === null || (next.nominalDate > planned && !isInCycle(schedule, planned, next.nominalDate));
}

/**
 * The regular collections whose last cut-off lay from one instant until before another, in order: what a payment lost that did not run
 * meanwhile.
 */
export function lostBetween(
  schedule: Schedule,
  rule: CollectionRule,
  { from, until }: { readonly from: Date; readonly until: Date },
  holidays: Holidays,
): Lost[] {
  const lost: Lost[] = [];
  const bounds = boundsOf(schedule);
  let date = nominalDateFrom(schedule, civilDateOf(from));
  while (date !== null) {
    const collection = lostCollection({ kind: 'REGULAR', nominalDate: date }, rule, holidays, bounds);
    const { cutOff } = collection;
    if (cutOff !== null && cutOff >= until) break;
    if (cutOff === null || cutOff >= from) lost.push(collection);
    date = nominalDateFrom(schedule, addDays(date, 1));
  }
  return lost;
}
