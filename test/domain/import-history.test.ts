import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  datesOutOfStep,
  isCollected,
  isSameCycle,
  type Made,
  searchUncollected,
} from '../../src/domain/collected-cycles.ts';
import { addDays, instantAt } from '../../src/domain/dates.ts';
import {
  type CollectionRule,
  nominalDateFrom,
  PAYMENT_INTERVALS,
  processDayMax,
  type Schedule,
  searchNext,
} from '../../src/domain/schedule.ts';
import { IMPORTED_STATUSES } from '../../src/domain/submit/imported-collection.ts';
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

const madeOn = (nominalDate: string): Made => {
  return { kind: 'REGULAR', nominalDate, lastRegular: nominalDate, hasFirst: false };
};

const search = (schedule: Schedule, made: Made, now: Date) =>
  searchUncollected({ schedule, firstMode: null }, made, RULE, now, NO_HOLIDAYS);

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
      const { next, lost } = search(schedule, madeOn(collected), now);
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
      const { next } = search(schedule, madeOn(nominalDate), now);
      expect(
        next && next.nominalDate > nominalDate && !isSameCycle(schedule.interval, nominalDate, next.nominalDate),
      ).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

it('would collect a moved cycle twice without that rule', () => {
  const schedule = { interval: 'MONTHLY' as const, processDay: 25, dateStart: '2024-01-01', last: null };
  const last = madeOn('2024-09-20');
  const now = instantAt('2024-09-21');
  expect(searchNext(schedule, last, RULE, now, NO_HOLIDAYS).next?.nominalDate).toBe('2024-09-25');
  expect(search(schedule, last, now).next?.nominalDate).toBe('2024-10-25');
});

it('leads to each imported status by the answers of a bank', () => {
  for (const [status, events] of Object.entries(IMPORTED_STATUSES)) {
    let reached: TransactionStatus | null = 'SENT_TO_BANK';
    for (const event of events) reached = reached && transitionTransaction(reached, event);
    expect(reached).toBe(status);
  }
});

it('notices a schedule of several months or of two weeks that is out of step', () => {
  const of = (interval: Schedule['interval'], processDay: number, dateStart: string): Schedule => {
    return { interval, processDay, dateStart, last: null };
  };
  expect(datesOutOfStep(of('QUARTERLY', 25, '2024-06-01'), '2024-07-25')).toEqual(['2024-06-25', '2024-09-25']);
  expect(datesOutOfStep(of('QUARTERLY', 25, '2024-05-01'), '2024-07-25')).toEqual(['2024-05-25', '2024-08-25']);
  expect(datesOutOfStep(of('QUARTERLY', 25, '2024-04-01'), '2024-07-25')).toBeNull();
  expect(datesOutOfStep(of('QUARTERLY', 31, '2024-01-01'), '2024-08-01')).toBeNull();
  expect(datesOutOfStep(of('FORTNIGHTLY', 1, '2024-07-08'), '2024-08-26')).toEqual(['2024-08-19', '2024-09-02']);
  expect(datesOutOfStep(of('FORTNIGHTLY', 1, '2024-07-01'), '2024-08-26')).toBeNull();
  expect(datesOutOfStep(of('YEARLY', 25, '2022-11-01'), '2023-10-25')).toEqual(['2022-11-25', '2023-11-25']);
  expect(datesOutOfStep(of('MONTHLY', 25, '2024-01-01'), '2024-07-01')).toBeNull();
});

it('takes the cycle of a first collection by the regular date that it replaces, of every payment', () => {
  const quarterly: Schedule = { interval: 'QUARTERLY', processDay: 25, dateStart: '2024-07-01', last: null };
  const made: Made = { kind: 'FIRST', nominalDate: '2024-09-05', lastRegular: null, hasFirst: true };
  const isOver = (firstMode: 'ADDITIONAL' | 'REPLACES_INSTALMENT', nominalDate: string) =>
    isCollected({ schedule: quarterly, firstMode }, made, { kind: 'REGULAR', nominalDate });
  expect(isOver('REPLACES_INSTALMENT', '2024-07-25')).toBe(true);
  expect(isOver('REPLACES_INSTALMENT', '2024-10-25')).toBe(false);
  expect(isOver('ADDITIONAL', '2024-07-25')).toBe(false);
});
