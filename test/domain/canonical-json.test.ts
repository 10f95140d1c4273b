import { expect, it } from 'vitest';
import { canonicalJson } from '../../src/domain/canonical-json.ts';

// Stored fingerprints are made from these texts: another text would make a repeat of an earlier call another call.
it.each([
  [{ b: 1, a: [true, null, undefined, 'x'] }, '{"a":[true,null,null,"x"],"b":1}'],
  [{ order: 'x', '10': 'a', '9': 'b' }, '{"9":"b","10":"a","order":"x"}'],
  [{ '#': 1, '007': 2, '4294967295': 3, '0': 4 }, '{"0":4,"#":1,"007":2,"4294967295":3}'],
  [{ absent: undefined, at: new Date('2026-11-27T00:00:00Z') }, '{"at":"2026-11-27T00:00:00.000Z"}'],
  [{ most: Number.POSITIVE_INFINITY }, '{"most":{"number":"Infinity"}}'],
  [null, 'null'],
])('writes %j in one way', (value, text) => {
  expect(canonicalJson(value)).toBe(text);
});
