import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, civilDateOf } from '../../src/domain/dates.ts';
import { Findings } from '../../src/domain/findings.ts';
import {
  adjustAmount,
  adjustmentDate,
  adjustmentsBy,
  formatRate,
  parseRate,
} from '../../src/domain/mandate/adjustment.ts';
import { type ApprovalWindow, approvalTimes } from '../../src/domain/mandate/approval-window.ts';
import { checkMaximum } from '../../src/domain/mandate/authorised-terms.ts';
import { publicHolidays } from '../../src/domain/public-holidays.ts';
import { type Nominal, nextNominal, type Schedule } from '../../src/domain/schedule.ts';

const HOLIDAYS = new Set([2024, 2025, 2026, 2027].flatMap((year) => publicHolidays(year).map(({ date }) => date)));
const TT1 = 'REAL_TIME_TT1_SENT_TO_BANK_CELLPHONE';
const TT2 = 'BATCH_TT2_APPROVE_BY_19H00_ON_DAY_2';

describe('the approval window', () => {
  /** Asked at, the window; sent at, shown as the end, silence is final at. All in Johannesburg. */
  const rows: ReadonlyArray<readonly [string, ApprovalWindow, string, string, string]> = [
    // A Wednesday morning.
    ['2026-11-25T10:00:00', TT1, '2026-11-25T10:00:00', '2026-11-25T10:02:00', '2026-11-25T10:03:00'],
    [
      '2026-11-25T10:00:00',
      'DELAYED_REAL_TIME_TT1',
      '2026-11-25T10:00:00',
      '2026-11-25T20:30:00',
      '2026-11-25T20:30:00',
    ],
    ['2026-11-25T10:00:00', TT2, '2026-11-25T10:00:00', '2026-11-27T19:00:00', '2026-11-27T19:00:00'],
    // Either side of the cut-offs.
    ['2026-11-25T20:29:59', TT1, '2026-11-25T20:29:59', '2026-11-25T20:31:59', '2026-11-25T20:32:59'],
    ['2026-11-25T20:30:00', TT1, '2026-11-26T08:00:00', '2026-11-26T08:02:00', '2026-11-26T08:03:00'],
    ['2026-11-25T20:59:59', TT2, '2026-11-25T20:59:59', '2026-11-27T19:00:00', '2026-11-27T19:00:00'],
    ['2026-11-25T21:00:00', TT2, '2026-11-26T08:00:00', '2026-11-30T19:00:00', '2026-11-30T19:00:00'],
    // Midnight: the day is Johannesburg's, not UTC's.
    ['2026-11-25T23:59:59', TT2, '2026-11-26T08:00:00', '2026-11-30T19:00:00', '2026-11-30T19:00:00'],
    ['2026-11-26T00:00:00', TT2, '2026-11-26T00:00:00', '2026-11-30T19:00:00', '2026-11-30T19:00:00'],
    [
      '2026-11-26T00:30:00',
      'DELAYED_REAL_TIME_TT1',
      '2026-11-26T00:30:00',
      '2026-11-26T20:30:00',
      '2026-11-26T20:30:00',
    ],
    // A weekend: debtors answer their phones on a Saturday, banks count business days.
    ['2026-11-27T10:00:00', TT2, '2026-11-27T10:00:00', '2026-12-01T19:00:00', '2026-12-01T19:00:00'],
    ['2026-11-28T10:00:00', TT1, '2026-11-28T10:00:00', '2026-11-28T10:02:00', '2026-11-28T10:03:00'],
    ['2026-11-28T10:00:00', TT2, '2026-11-28T10:00:00', '2026-12-01T19:00:00', '2026-12-01T19:00:00'],
    ['2026-11-27T20:45:00', TT1, '2026-11-30T08:00:00', '2026-11-30T08:02:00', '2026-11-30T08:03:00'],
    // Good Friday 2027 and Family Day: Thursday's requests run until Wednesday.
    ['2027-03-25T10:00:00', TT2, '2027-03-25T10:00:00', '2027-03-31T19:00:00', '2027-03-31T19:00:00'],
    ['2027-03-25T20:30:00', TT1, '2027-03-30T08:00:00', '2027-03-30T08:02:00', '2027-03-30T08:03:00'],
    // Christmas 2026 is a Friday, Goodwill a Saturday.
    ['2026-12-24T10:00:00', TT2, '2026-12-24T10:00:00', '2026-12-29T19:00:00', '2026-12-29T19:00:00'],
  ];
  it.each(rows)('of %s by %s', (now, window, sendAt, shown, final) => {
    const at = (local: string) => new Date(`${local}+02:00`).toISOString();
    const times = approvalTimes(window, new Date(at(now)), HOLIDAYS);
    expect([times.sendAt, times.approvalExpiresAt, times.expiresAt].map((date) => date.toISOString())).toEqual([
      at(sendAt),
      at(shown),
      at(final),
    ]);
    expect(times.isQueued).toBe(now !== sendAt);
  });

  it('is never over before it begins, nor begun on a day of rest when it was queued', () => {
    const instant = fc
      .integer({ min: 0, max: 3 * 365 * 86_400 })
      .map((s) => new Date(Date.UTC(2024, 0, 1) + s * 1_000));
    fc.assert(
      fc.property(instant, fc.constantFrom(TT1, TT2, 'DELAYED_REAL_TIME_TT1' as const), (now, window) => {
        const { sendAt, approvalExpiresAt, expiresAt, isQueued } = approvalTimes(window, now, HOLIDAYS);
        const day = civilDateOf(sendAt);
        const isRest = [0, 6].includes(new Date(day).getUTCDay()) || HOLIDAYS.has(day);
        return now <= sendAt && sendAt < approvalExpiresAt && approvalExpiresAt <= expiresAt && !(isQueued && isRest);
      }),
    );
  });
});

describe('an adjustment', () => {
  it('is rounded half up to the cent at each step, as in the worked example (DOMAIN §6.3)', () => {
    const rate = { rate: parseRate('5.12345') ?? 0 };
    const years = [1, 2, 3].reduce<number[][]>(
      (steps) => {
        const [amount = 0, maximum = 0] = steps.at(-1) ?? [];
        return [...steps, [adjustAmount(amount, rate), adjustAmount(maximum, rate)]];
      },
      [[4500, 6000]],
    );
    expect(years).toEqual([
      [4500, 6000],
      [4731, 6307],
      [4973, 6630],
      [5228, 6970],
    ]);
    expect(adjustAmount(50, { rate: 100_000 })).toBe(51); // 50.5 cents
    expect(adjustAmount(49, { rate: 100_000 })).toBe(49); // 49.49 cents
    expect(adjustAmount(50, { rate: -100_000 })).toBe(50); // 49.5 cents
    expect(adjustAmount(4500, { amountCents: 1000 })).toBe(5500);
    expect(adjustAmount(999_999_999_999, { rate: 999_99999 })).toBeGreaterThan(0);
  });

  it('reads rates of five decimals, and prints what it reads', () => {
    const rate = fc.integer({ min: -99_999_999, max: 99_999_999 });
    fc.assert(fc.property(rate, (value) => parseRate(formatRate(value)) === value));
    for (const wrong of ['', '5.123456', '1e3', '+5', '5,1', '1000', ' 5', '.5', '5.'])
      expect(parseRate(wrong)).toBeNull();
  });

  it('is counted from its anchor: day 31 clamped each time, never from the last', () => {
    const dates = [1, 2, 3, 4].map((count) => adjustmentDate('QUARTERLY', '2026-08-31', count));
    expect(dates).toEqual(['2026-11-30', '2027-02-28', '2027-05-31', '2027-08-31']);
    expect(adjustmentDate('ANNUALLY', '2024-02-29', 4)).toBe('2028-02-29');
    expect([adjustmentDate('NEVER', '2026-01-01', 1), adjustmentDate('REPO', '2026-01-01', 1)]).toEqual([null, null]);
    expect(adjustmentsBy('BIANNUALLY', '2026-01-31', '2027-07-31')).toBe(3);
    expect(adjustmentsBy('BIANNUALLY', '2026-01-31', '2027-07-30')).toBe(2);
  });
});

it('allows a maximum of one and a half times the instalment, compared exactly', () => {
  const rules = (amount: number, maximum: number) => {
    const findings = new Findings();
    checkMaximum(amount, maximum, findings);
    return findings.errors.map(({ rule }) => rule);
  };
  expect(rules(4500, 6750)).toEqual([]);
  expect(rules(4500, 6751)).toEqual(['maximum_within_one_and_a_half']);
  expect(rules(1000, 1500)).toEqual([]);
  expect(rules(1, 1)).toEqual([]);
  expect(rules(3, 4)).toEqual([]);
  expect(rules(3, 5)).toEqual(['maximum_within_one_and_a_half']);
  expect(rules(4500, 4499)).toEqual(['maximum_at_least_amount']);
});

describe('the first collection (DOMAIN §6.2)', () => {
  const days = (schedule: Schedule, count: number) => {
    const found: string[] = [];
    for (let after: Nominal | null = null; found.length < count; ) {
      after = nextNominal(schedule, after);
      if (!after) break;
      found.push(`${after.kind} ${after.nominalDate}`);
    }
    return found;
  };
  const monthly: Schedule = { interval: 'MONTHLY', processDay: 1, dateStart: '2024-10-01', last: null };
  const first = (date: string, mode: 'REPLACES_INSTALMENT' | 'ADDITIONAL') => ({ ...monthly, first: { date, mode } });

  it('takes the place of the regular one of its month, before it or after', () => {
    expect(days(first('2024-10-16', 'REPLACES_INSTALMENT'), 3)).toEqual([
      'FIRST 2024-10-16',
      'REGULAR 2024-11-01',
      'REGULAR 2024-12-01',
    ]);
    expect(days(first('2025-01-01', 'REPLACES_INSTALMENT'), 5)).toEqual([
      'REGULAR 2024-10-01',
      'REGULAR 2024-11-01',
      'REGULAR 2024-12-01',
      'FIRST 2025-01-01',
      'REGULAR 2025-02-01',
    ]);
  });

  it('is a debit of its own when it is additional, two on one day if need be', () => {
    expect(days(first('2024-10-16', 'ADDITIONAL'), 3)).toEqual([
      'REGULAR 2024-10-01',
      'FIRST 2024-10-16',
      'REGULAR 2024-11-01',
    ]);
    expect(days(first('2024-11-01', 'ADDITIONAL'), 4)).toEqual([
      'REGULAR 2024-10-01',
      'FIRST 2024-11-01',
      'REGULAR 2024-11-01',
      'REGULAR 2024-12-01',
    ]);
  });

  it('comes once, in order, and replaces exactly one, wherever it lies', () => {
    const offset = fc.integer({ min: 0, max: 400 });
    const interval = fc.constantFrom('WEEKLY', 'FORTNIGHTLY', 'MONTHLY', 'QUARTERLY', 'BIANNUALLY', 'YEARLY');
    fc.assert(
      fc.property(offset, interval, fc.integer({ min: 1, max: 7 }), (shift, every, processDay) => {
        const base: Schedule = {
          interval: every as Schedule['interval'],
          processDay,
          dateStart: '2024-10-01',
          last: null,
        };
        const date = addDays('2024-10-01', shift);
        const plain = days(base, 70).map((day) => day.slice(8));
        const until = plain.at(-2) ?? '';
        const upTo = (list: string[]) => list.filter((day) => day.slice(-10) <= until);
        const additional = upTo(days({ ...base, first: { date, mode: 'ADDITIONAL' } }, 75));
        const replacing = upTo(days({ ...base, first: { date, mode: 'REPLACES_INSTALMENT' } }, 75));
        const isOnce = (list: string[]) => list.filter((day) => day.startsWith('FIRST')).length === 1;
        const isOrdered = (list: string[]) =>
          list.every((day, at) => at === 0 || (list[at - 1] ?? '').slice(-10) <= day.slice(-10));
        if (date > until) return true;
        const regular = plain.filter((day) => day <= until).length;
        const replaced = regular + 1 - replacing.length;
        return (
          isOnce(additional) &&
          isOnce(replacing) &&
          isOrdered(additional) &&
          isOrdered(replacing) &&
          additional.length === regular + 1 &&
          (replaced === 1 || replaced === 0)
        );
      }),
    );
  });
});
