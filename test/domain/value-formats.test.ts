import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseBranchCode } from '../../src/domain/bank-account/branches.ts';
import { parsePhoneNumber, parsePostalCode } from '../../src/domain/customer/contact.ts';
import { createIdGenerator, instantOfId, kindOfId } from '../../src/domain/ids.ts';
import { formatAmount, parseAmount } from '../../src/domain/money.ts';
import { eftReferenceKey } from '../../src/domain/payment/state-machine.ts';

it('parses every amount it prints, to the cent', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 99_999_999_999_999 }), (cents) => parseAmount(formatAmount(cents)) === cents),
  );
  expect([formatAmount(5), formatAmount(4500n), parseAmount('45'), parseAmount('45.5')]).toEqual([
    '0.05',
    '45.00',
    4500,
    4550,
  ]);
  for (const wrong of ['1e3', '-0.01', '1.005', 'NaN', '', '1,00', '.5', '5.', '1234567890123', ' 1', '0x1']) {
    expect(parseAmount(wrong)).toBeNull();
  }
});

it('makes ids that sort by creation, also within a millisecond and when the clock steps back', () => {
  const times = [1_000, 1_000, 1_000, 900, 1_001];
  const newId = createIdGenerator(
    (count) => new Uint8Array(count).fill(61),
    () => times.shift() ?? 1_001,
  );
  const ids = Array.from({ length: 200 }, () => newId('payment'));
  expect(ids).toEqual([...ids].sort());
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id) => kindOfId(id) === 'payment' && id.length === 25)).toBe(true);
  for (const wrong of ['pay_1', 'xxx_000000000000000000000', 'pay_00000000000000000000!', '', 'pay'])
    expect(kindOfId(wrong)).toBeNull();
});

it('gives codes back their leading zeros', () => {
  expect([
    parseBranchCode('51001'),
    parseBranchCode('632005'),
    parseBranchCode('6320055'),
    parseBranchCode('x'),
  ]).toEqual(['051001', '632005', null, null]);
  expect([parsePostalCode('181', null), parsePostalCode('sw1a 1aa', 'GB'), parsePostalCode('?', null)]).toEqual([
    '0181',
    'SW1A 1AA',
    null,
  ]);
});

it('writes phone numbers in E.164', () => {
  const numbers = ['+27831234567', '27831234567', '083 123 4567', '+44 20 7946 0958', '12', 'abc'];
  expect(numbers.map((text) => parsePhoneNumber(text, { dialCode: null, country: null }))).toEqual([
    '+27831234567',
    '+27831234567',
    '+27831234567',
    '+442079460958',
    null,
    null,
  ]);
});

it('takes references that differ in case, spaces and punctuation for one', () => {
  expect(eftReferenceKey('My EFT-Reference ')).toBe(eftReferenceKey('myeftreference'));
  expect(eftReferenceKey('--')).toBe('');
});

it('tells from an id when it was made', () => {
  for (const ms of [0, 1_700_000_000_123, Date.parse('2199-12-31T23:59:59.999Z')]) {
    const id = createIdGenerator(
      (count) => new Uint8Array(count),
      () => ms,
    )('customer');
    expect(instantOfId(id).getTime()).toBe(ms);
  }
});
