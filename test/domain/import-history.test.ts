import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addDays, instantAt } from '../../src/domain/dates.ts';
import {
  type CollectionRule,
  isSameCycle,
  nominalDateFrom,
  PAYMENT_INTERVALS,
  processDayMax,
  type Schedule,
  searchNext,
} from '../../src/domain/schedule.ts';
import { IMPORTED_STATUSES, searchOn } from '../../src/domain/submit/history.ts';
import { type TransactionStatus, transitionTransaction } from '../../src/domain/transaction.ts';

const RULE: CollectionRule = { adjustment: 'COLLECT_ON_NEXT_BUSINESS_DAY', lead: 'EFT' };
const NO_HOLIDAYS = new Set<string>();

const schedules = fc.constantFrom(...PAYMENT_INTERVALS).chain((interval) =>
  fc.record({
    interval: fc.constant(interval),
    processDay: fc.integer({ min: 1, max: processDayMax(interval) }),
    dateStart: fc.integer({ min: 0, max: 400 }).map((days) => addDays('2024-01-01', days)),
    last: fc.constant(null),
  }),
);

function datesOf(schedule: Schedule, count: number): string[] {
  const dates: string[] = [];
  let from: string = schedule.dateStart;
  while (dates.length < count) {
    const date = nominalDateFrom(schedule, from);
    if (date === null) break;
    dates.push(date);
    from = addDays(date, 1);
  }
  return dates;
}

/** A schedule, the number of its dates that the other system has collected, and the day of the import. */
const imports = fc
  .record({ schedule: schedules, made: fc.integer({ min: 1, max: 8 }), idleDays: fc.integer({ min: 0, max: 200 }) })
  .map(({ schedule, made, idleDays }) => {
    const dates = datesOf(schedule, made + 80);
    const collected = dates[made - 1] ?? '';
    return { schedule, dates, made, collected, now: instantAt(addDays(collected, idleDays)) };
  });

it('goes on where the other system stopped: every date is collected by one of both, or reported', () => {
  fc.assert(
    fc.property(imports, ({ schedule, dates, made, collected, now }) => {
      const history = { last: { kind: 'REGULAR' as const, nominalDate: collected }, continueFrom: null };
      const { next, lost } = searchOn(schedule, history, RULE, now, NO_HOLIDAYS);
      const following = [...lost.map(({ nominalDate }) => nominalDate), next?.nominalDate];
      expect(following).toEqual(dates.slice(made, made + following.length));
    }),
    { numRuns: 2_000 },
  );
});

const moved = fc.record({ imported: imports, days: fc.integer({ min: -6, max: 6 }) });

it('collects no cycle twice, however far the other system has moved its date', () => {
  fc.assert(
    fc.property(moved, ({ imported: { schedule, collected, now }, days }) => {
      const nominalDate = addDays(collected, days);
      const history = { last: { kind: 'REGULAR' as const, nominalDate }, continueFrom: null };
      const { next } = searchOn(schedule, history, RULE, now, NO_HOLIDAYS);
      expect(
        next && next.nominalDate > nominalDate && !isSameCycle(schedule.interval, nominalDate, next.nominalDate),
      ).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

it('would collect a moved cycle twice without that rule', () => {
  const schedule = { interval: 'MONTHLY' as const, processDay: 25, dateStart: '2024-01-01', last: null };
  const last = { kind: 'REGULAR' as const, nominalDate: '2024-09-20' };
  const now = instantAt('2024-09-21');
  expect(searchNext(schedule, last, RULE, now, NO_HOLIDAYS).next?.nominalDate).toBe('2024-09-25');
  expect(searchOn(schedule, { last, continueFrom: null }, RULE, now, NO_HOLIDAYS).next?.nominalDate).toBe('2024-10-25');
});

it('leads to each imported status by the answers of a bank', () => {
  for (const [status, events] of Object.entries(IMPORTED_STATUSES)) {
    let reached: TransactionStatus | null = 'SENT_TO_BANK';
    for (const event of events) reached = reached && transitionTransaction(reached, event);
    expect(reached).toBe(status);
  }
});
