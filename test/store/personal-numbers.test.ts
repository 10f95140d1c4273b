import fc from 'fast-check';
import { expect, it } from 'vitest';
import { maskNumber } from '../../src/domain/bank-account/bank-account.ts';
import { blindIndex, decryptNumber, type PersonalNumberField, storeNumber } from '../../src/store/personal-numbers.ts';
import { deriveSecrets } from '../../src/store/secrets.ts';
import { AdvanceClock, SubmitPayments } from '../support/documents.ts';
import { ACCOUNT, JOHN, methodIds, oneTimeDebitOrder } from '../support/examples.ts';
import { DOCUMENTS_CLOCK, startGateway } from '../support/harness.ts';

const secrets = deriveSecrets(Buffer.alloc(32, 1));
const cell = { merchantId: 'mer_1', field: 'accountNumber', rowId: 'ban_1' } as const;

it('reads back what it stored, and only from its own cell with its own secret', () => {
  const { cipher, last4 } = storeNumber(secrets, cell, '10004291601');
  expect([decryptNumber(secrets, cell, cipher), last4]).toEqual(['10004291601', '1601']);
  expect(() => decryptNumber(secrets, { ...cell, rowId: 'ban_2' }, cipher)).toThrow();
  expect(() => decryptNumber(secrets, { ...cell, merchantId: 'mer_2' }, cipher)).toThrow();
  expect(() => decryptNumber(deriveSecrets(Buffer.alloc(32, 2)), cell, cipher)).toThrow();
});

it('takes numbers that are written differently for equal', () => {
  const index = (field: PersonalNumberField, number: string) =>
    blindIndex(secrets, 'mer_1', field, number).toString('hex');
  expect(index('accountNumber', '00302481214')).toBe(index('accountNumber', '302481214'));
  expect(index('idNumber', 'ab 12345')).toBe(index('idNumber', 'AB12345'));
  expect(index('idNumber', '0012')).not.toBe(index('idNumber', '12'));
});

it('finds equal numbers of one merchant, and tells nothing across merchants', () => {
  expect(blindIndex(secrets, 'mer_1', 'accountNumber', '1')).toEqual(
    blindIndex(secrets, 'mer_1', 'accountNumber', '1'),
  );
  expect(blindIndex(secrets, 'mer_1', 'accountNumber', '1')).not.toEqual(
    blindIndex(secrets, 'mer_2', 'accountNumber', '1'),
  );
});

it('shows at most four digits of a number, and at most half of a short one', () => {
  const masks = ['1', '123', '1234567', '12345678'].map((number) =>
    maskNumber(storeNumber(secrets, cell, number).last4),
  );
  expect(masks).toEqual(['*****', '*****3', '*****567', '*****5678']);
  const digits = fc.stringMatching(/^\d{8,17}$/);
  fc.assert(fc.property(digits, (number) => !maskNumber(storeNumber(secrets, cell, number).last4).match(/\d{5}/)));
});

it('leaves no whole number anywhere in the database or the logs', async () => {
  const gateway = await startGateway({ clockStart: DOCUMENTS_CLOCK });
  const { eft } = await methodIds(gateway);
  const [accountNumber, idNumber] = ['62009876543', '8007014800087'];
  const record = {
    ...oneTimeDebitOrder(eft, 'A', '2024-09-16'),
    customer: { ...JOHN, idType: 'SOUTH_AFRICAN_ID', idNumber },
    bankAccount: { ...ACCOUNT, accountNumber },
  } as const;
  await gateway.data(SubmitPayments, { input: { records: [record], idempotencyKey: 'key' } });
  await gateway.execute(SubmitPayments, { input: { records: [record] } }); // a duplicate: an error that is kept and shown
  await gateway.data(AdvanceClock, { to: '2024-09-30T00:00:00+02:00' });
  const tables = await gateway.sql<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
  );
  const everything = await Promise.all(
    tables.map(({ name }) => gateway.sql(`SELECT to_jsonb(t)::text AS row FROM "${name}" AS t`)),
  );
  const text = JSON.stringify([everything, gateway.logged]);
  expect(text.length).toBeGreaterThan(10_000);
  for (const number of [accountNumber, idNumber]) {
    for (const form of [
      number,
      Buffer.from(number).toString('base64'),
      Buffer.from(number).toString('hex'),
      [...number].reverse().join(''),
    ]) {
      expect(text).not.toContain(form);
    }
  }
});
