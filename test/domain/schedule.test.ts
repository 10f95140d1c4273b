import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addBusinessDays,
  adjustDate,
  DATE_ADJUSTMENT_RULES,
  type DateAdjustmentRule,
  isBusinessDay,
} from '../../src/domain/calendar.ts';
import { addDays, civilDateOf, dayOfMonthAfter, instantAt, parseCivilDate, weekdayOf } from '../../src/domain/dates.ts';
import { publicHolidays } from '../../src/domain/public-holidays.ts';
import {
  type CollectionRule,
  earliestActionDate,
  type Nominal,
  nextOccurrence,
  nominalDateFrom,
  PAYMENT_INTERVALS,
  processDayMax,
  type Schedule,
  submitByOf,
} from '../../src/domain/schedule.ts';

const HOLIDAYS = new Set(
  Array.from({ length: 80 }, (_, index) => 2020 + index).flatMap((year) =>
    publicHolidays(year).map(({ date }) => date),
  ),
);

function nominalDates(schedule: Schedule, count: number): string[] {
  const dates: string[] = [];
  for (let from: string | null = schedule.dateStart; from !== null && dates.length < count; ) {
    const date = nominalDateFrom(schedule, from);
    if (date === null) break;
    dates.push(date);
    from = addDays(date, 1);
  }
  return dates;
}

const monthly = (processDay: number, dateStart: string, last: string | null = null): Schedule => ({
  interval: 'MONTHLY',
  processDay,
  dateStart,
  last,
});

// The worked cases of DOMAIN §6.5, row by row.
describe('nominal dates', () => {
  it('clamp day 31 each month from its anchor', () => {
    expect(nominalDates(monthly(31, '2026-12-01'), 5)).toEqual([
      '2026-12-31',
      '2027-01-31',
      '2027-02-28',
      '2027-03-31',
      '2027-04-30',
    ]);
    expect(nominalDates(monthly(31, '2028-02-01'), 1)).toEqual(['2028-02-29']);
  });
  it("are the document's twelve", () => {
    const dates = nominalDates(monthly(1, '2024-10-01', '2025-09-30'), 99);
    expect([dates.length, dates[0], dates.at(-1)]).toEqual([12, '2024-10-01', '2025-09-01']);
  });
  it('begin with the first day on or after the start', () => {
    expect(nominalDates(monthly(15, '2027-01-20'), 1)).toEqual(['2027-02-15']);
  });
  it('are quarterly, yearly, weekly and fortnightly', () => {
    const of = (interval: Schedule['interval'], processDay: number, dateStart: string, count: number) =>
      nominalDates({ interval, processDay, dateStart, last: null }, count);
    expect(of('QUARTERLY', 30, '2026-11-30', 5)).toEqual([
      '2026-11-30',
      '2027-02-28',
      '2027-05-30',
      '2027-08-30',
      '2027-11-30',
    ]);
    expect(of('YEARLY', 29, '2028-02-29', 5)).toEqual([
      '2028-02-29',
      '2029-02-28',
      '2030-02-28',
      '2031-02-28',
      '2032-02-29',
    ]);
    expect(of('WEEKLY', 5, '2026-11-25', 4)).toEqual(['2026-11-27', '2026-12-04', '2026-12-11', '2026-12-18']);
    expect(of('FORTNIGHTLY', 5, '2026-11-25', 4)).toEqual(['2026-11-27', '2026-12-11', '2026-12-25', '2027-01-08']);
  });
});

it.each([
  ['2026-12-31', '2026-12-31', '2026-12-31', '2026-12-31'],
  ['2027-01-31', '2027-01-29', '2027-01-30', '2027-02-01'],
  ['2027-03-31', '2027-03-31', '2027-03-31', '2027-03-31'],
  ['2027-04-30', '2027-04-30', '2027-04-30', '2027-04-30'],
  ['2028-02-29', '2028-02-29', '2028-02-29', '2028-02-29'],
  ['2027-05-30', '2027-05-28', '2027-05-29', '2027-05-31'],
  ['2032-02-29', '2032-02-27', '2032-02-28', '2032-03-01'],
  ['2027-02-28', '2027-02-26', '2027-02-27', '2027-03-01'],
  ['2025-01-01', '2024-12-31', '2024-12-31', '2025-01-02'],
  ['2025-02-01', '2025-01-31', '2025-02-01', '2025-02-03'],
  ['2025-05-01', '2025-04-30', '2025-04-30', '2025-05-02'],
  ['2027-03-26', '2027-03-25', '2027-03-25', '2027-03-30'],
  ['2027-12-26', '2027-12-24', '2027-12-24', '2027-12-28'],
  ['2026-08-09', '2026-08-07', '2026-08-08', '2026-08-11'],
  ['2026-12-25', '2026-12-24', '2026-12-24', '2026-12-28'],
])('moves %s back to %s or %s, forward to %s', (date, previousBusiness, previousBanking, nextBusiness) => {
  const to = (rule: DateAdjustmentRule) => adjustDate(date, rule, HOLIDAYS);
  expect(to('COLLECT_ON_COLLECTION_DAY')).toBe(date);
  expect(to('COLLECT_ON_PREVIOUS_BUSINESS_DAY')).toBe(previousBusiness);
  expect(to('COLLECT_ON_PREVIOUS_BANKING_DAY')).toBe(previousBanking);
  expect(to('COLLECT_ON_NEXT_BUSINESS_DAY')).toBe(nextBusiness);
});

it('sends two business days before, by 15:00 in Johannesburg', () => {
  expect(submitByOf('EFT', '2026-12-28', HOLIDAYS)).toEqual(instantAt('2026-12-23', '15:00'));
  expect(submitByOf('EFT', '2027-03-30', HOLIDAYS)).toEqual(instantAt('2027-03-24', '15:00'));
  expect(earliestActionDate('EFT', instantAt('2026-12-23', '15:00'), HOLIDAYS)).toBe('2026-12-28');
  expect(earliestActionDate('EFT', new Date(instantAt('2026-12-23', '15:00').getTime() + 1), HOLIDAYS)).toBe(
    '2026-12-29',
  );
});

// By the Act alone: what the President proclaims besides, as 29 May 2024, is added to a merchant's calendar.
it.each([
  [2024, '01-01 03-21 03-29 04-01 04-27 05-01 06-16 06-17 08-09 09-24 12-16 12-25 12-26'],
  [2025, '01-01 03-21 04-18 04-21 04-27 04-28 05-01 06-16 08-09 09-24 12-16 12-25 12-26'],
  [2026, '01-01 03-21 04-03 04-06 04-27 05-01 06-16 08-09 08-10 09-24 12-16 12-25 12-26'],
  [2027, '01-01 03-21 03-22 03-26 03-29 04-27 05-01 06-16 08-09 09-24 12-16 12-25 12-26 12-27'],
  [2028, '01-01 03-21 04-14 04-17 04-27 05-01 06-16 08-09 09-24 09-25 12-16 12-25 12-26'],
])('knows the public holidays of %s, with the Monday after a Sunday', (year, days) => {
  expect(publicHolidays(year).map(({ date }) => date.slice(5))).toEqual(days.split(' '));
});

it('adds no Monday that is a holiday already', () => {
  expect(publicHolidays(2022).map(({ date }) => date)).not.toContain('2022-12-27'); // proclaimed, not by the Act
});

it('knows the day in Johannesburg two hours before UTC does', () => {
  expect(civilDateOf(new Date('2026-11-20T21:59:59Z'))).toBe('2026-11-20');
  expect(civilDateOf(new Date('2026-11-20T22:00:00Z'))).toBe('2026-11-21');
  expect(instantAt('2026-11-21').toISOString()).toBe('2026-11-20T22:00:00.000Z');
});

const date = fc.integer({ min: 0, max: 27_000 }).map((days) => addDays('2024-01-01', days));

it('keeps every occurrence a business day that can still be sent, in order, once each', () => {
  fc.assert(
    fc.property(date, fc.integer({ min: 1, max: 31 }), (dateStart, processDay) => {
      const schedule = monthly(processDay, dateStart);
      const now = instantAt(dateStart, '08:00');
      const rule: CollectionRule = { adjustment: 'COLLECT_ON_PREVIOUS_BUSINESS_DAY', lead: 'EFT' };
      let after: Nominal | null = null;
      let last = '';
      for (let turn = 0; turn < 14; turn += 1) {
        const next = nextOccurrence(schedule, after, rule, now, HOLIDAYS);
        if (!next) return false;
        const day = Number(next.nominalDate.slice(8));
        const isClamped = day === processDay || addDays(next.nominalDate, 1).endsWith('-01');
        if (!isClamped || next.nominalDate <= last || next.submitBy < now || !isBusinessDay(next.actionDate, HOLIDAYS))
          return false;
        last = next.nominalDate;
        after = next;
      }
      return true;
    }),
  );
});

it('keeps to start and end, to the day and to the rule, for every interval, from 2024 to 2100', () => {
  const plan = fc.record({
    dateStart: date,
    length: fc.integer({ min: 0, max: 1_500 }),
    interval: fc.constantFrom(...PAYMENT_INTERVALS),
    day: fc.integer({ min: 1, max: 31 }),
    adjustment: fc.constantFrom(...DATE_ADJUSTMENT_RULES),
    lead: fc.constantFrom('EFT' as const, 'AUTHORISED' as const, 'CARD' as const),
  });
  fc.assert(
    fc.property(plan, ({ dateStart, length, interval, day, adjustment, lead }) => {
      const isOfWeek = processDayMax(interval) === 7;
      const processDay = isOfWeek ? ((day - 1) % 7) + 1 : day;
      const last = addDays(dateStart, length);
      const schedule: Schedule = { interval, processDay, dateStart, last };
      let now = instantAt(dateStart, '00:00');
      const seen = new Set<string>();
      let after: Nominal | null = null;
      for (let turn = 0; turn < 8; turn += 1) {
        const next = nextOccurrence(schedule, after, { adjustment, lead }, now, HOLIDAYS);
        if (!next) break;
        const { nominalDate, actionDate, submitBy } = next;
        expect(nominalDate >= dateStart && nominalDate <= last).toBe(true);
        expect(actionDate >= dateStart && actionDate <= last).toBe(true);
        expect(seen.has(nominalDate)).toBe(false);
        expect([...seen].every((earlier) => earlier < nominalDate)).toBe(true);
        expect(submitBy >= now).toBe(true);
        expect(isOfWeek ? weekdayOf(nominalDate) : dayOfMonthAfter(nominalDate, 0, processDay)).toBe(
          isOfWeek ? processDay : nominalDate,
        );
        const rule = adjustDate(nominalDate, adjustment, HOLIDAYS);
        const beforeEnd = adjustDate(last, 'COLLECT_ON_PREVIOUS_BUSINESS_DAY', HOLIDAYS);
        expect([rule, addBusinessDays(nominalDate, 0, HOLIDAYS), beforeEnd]).toContain(actionDate);
        seen.add(nominalDate);
        after = next;
        now = instantAt(civilDateOf(submitBy));
      }
    }),
    { numRuns: 2_000 },
  );
});

it('parses what it prints, and no day that cannot be', () => {
  fc.assert(fc.property(date, (day) => parseCivilDate(day) === day));
  for (const wrong of ['2026-02-30', '2026-13-01', '2026-1-1', '20260101', '2026-01-01T00:00', '', '1899-12-31']) {
    expect(parseCivilDate(wrong)).toBeNull();
  }
  expect(dayOfMonthAfter('2024-01-31', 1, 31)).toBe('2024-02-29');
});
