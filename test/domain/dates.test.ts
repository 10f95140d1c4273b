import { expect, it } from 'vitest';
import { addDays, weekdayOf } from '../../src/domain/dates.ts';

it('counts days over months, leap years and the start of 1970', () => {
  expect(addDays('2024-02-28', 2)).toBe('2024-03-01');
  expect(addDays('2025-01-01', -1)).toBe('2024-12-31');
  expect(addDays('1969-12-31', 1)).toBe('1970-01-01');
  expect(['1969-12-28', '1970-01-01', '2026-11-27'].map(weekdayOf)).toEqual([7, 4, 5]);
});

it('does not remember a text that is no date', () => {
  expect(() => addDays('2026-13-01', 1)).toThrow(RangeError);
  addDays('2026-02-30', 1);
  expect(addDays('2026-03-01', 1)).toBe('2026-03-02');
});
