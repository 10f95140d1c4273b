import { expect, it } from 'vitest';
import type { BankAccountType } from '../../src/domain/bank-account/bank-account.ts';
import { bankOfBranch, isBranchOf } from '../../src/domain/bank-account/branches.ts';
import { checkAccountNumber, normalizeAccountNumber } from '../../src/domain/bank-account/cdv.ts';
import { BANKS, type Bank } from '../../src/domain/banks.ts';

function check(bank: Bank, accountNumber: string, accountType: BankAccountType = 'SAVINGS', branchCode?: string) {
  return checkAccountNumber({ bank, accountNumber, accountType, branchCode: branchCode ?? BANKS[bank].branchCode })
    .status;
}

it('passes the staging accounts of the documents (DOMAIN §7.1)', () => {
  const accounts: ReadonlyArray<readonly [Bank, BankAccountType, string]> = [
    ['STANDARD_BANK', 'CHEQUE_OR_CURRENT', '00302481214'],
    ['STANDARD_BANK', 'CHEQUE_OR_CURRENT', '10004301097'],
    ['STANDARD_BANK', 'CHEQUE_OR_CURRENT', '10004301100'],
    ['STANDARD_BANK', 'SAVINGS', '10004291601'],
    ['STANDARD_BANK', 'SAVINGS', '00302481206'],
    ['STANDARD_BANK', 'SAVINGS', '00243663005'],
    ['ABSA_BANK_LIMITED', 'CHEQUE_OR_CURRENT', '04047527520'],
    ['ABSA_BANK_LIMITED', 'CHEQUE_OR_CURRENT', '04047530660'],
    ['ABSA_BANK_LIMITED', 'CHEQUE_OR_CURRENT', '04047527350'],
    ['ABSA_BANK_LIMITED', 'SAVINGS', '09050677010'],
    ['ABSA_BANK_LIMITED', 'SAVINGS', '09050717030'],
    ['FNB', 'SAVINGS', '62001541061'],
    ['FNB', 'SAVINGS', '62001909467'],
    ['FNB', 'SAVINGS', '62001872440'],
  ];
  for (const [bank, type, number] of accounts) expect([number, check(bank, number, type)]).toEqual([number, 'PASSED']);
  expect(check('ABSA_BANK_LIMITED', '53011389310')).toBe('SKIPPED'); // ABSA has no check digit in this range
});

it('passes the samples and scenario accounts, and fails each with a digit changed (DOMAIN §6.7, §7.3, §7.4)', () => {
  const samples: Partial<Record<Bank, string>> = {
    STANDARD_BANK: '10000000009 10000003',
    FNB: '62000000018',
    NEDBANK: '1000000001 2900000009',
    CAPITEC:
      '1000000018 9900020018 9900030005 9900040000 9900050006 9900060001 9900080002 9900100003 9900120004 9900140005 9900160006 ' +
      '9900180007 9900220009 9900260000 9900280001 9900300002 9900320003 9900340004 9900360005 9900480000 9900500001 9900560004 ' +
      '9900970008 9900990009 9900910005 9910010007 9910020002 9910030008 9910040003 9910050009 9910060004 9910070018 9910080005 ' +
      '9910090000 9910100006 9910110001 9910120007 9910130002 9910140008 9910150003 9910160009 9910170004 9910180018 9910190005 ' +
      '9910200000 9910210006',
  };
  for (const [bank, numbers] of Object.entries(samples) as Array<[Bank, string]>) {
    for (const number of numbers.split(' ')) {
      expect([number, check(bank, number)]).toEqual([number, 'PASSED']);
      const wrong = `${number.slice(0, -1)}${(Number(number.slice(-1)) + 1) % 10}`;
      expect([wrong, check(bank, wrong)]).toEqual([wrong, 'FAILED']);
    }
  }
});

it("fails the documents' own sample: the number is of Standard Bank, the branch ABSA's (DOMAIN T7)", () => {
  expect(check('ABSA_BANK_LIMITED', '10004291601')).toBe('FAILED');
  expect(check('STANDARD_BANK', '10004291601')).toBe('PASSED');
});

it('knows which lengths and branches a bank has', () => {
  expect(check('STANDARD_BANK', '1000000009')).toBe('FAILED'); // ten digits
  expect(check('STANDARD_BANK', '20000000009')).toBe('FAILED'); // eleven begin with 1
  expect(check('STANDARD_BANK', '10000000009', 'SAVINGS', '000205')).toBe('FAILED'); // and are of 051001
  expect(check('CAPITEC', '11000000018')).toBe('FAILED');
  expect(check('FNB', '620000000011')).toBe('FAILED');
  expect(check('CAPITEC', '19')).toBe('FAILED');
  expect(check('TYMEBANK', '51000000000')).toBe('SKIPPED');
});

it('tries a current account of FNB by its second rule, and no other', () => {
  expect(check('FNB', '62000000001', 'CHEQUE_OR_CURRENT')).toBe('PASSED');
  expect(check('FNB', '62000000001', 'SAVINGS')).toBe('FAILED');
});

it('fails most numbers that a bank never gave', () => {
  const rate = (bank: Bank, first: number): number => {
    const numbers = Array.from({ length: 2_000 }, (_, index) => String(first + index * 7));
    return numbers.filter((number) => check(bank, number) === 'PASSED').length / numbers.length;
  };
  expect(rate('CAPITEC', 1_200_000_000)).toBeLessThan(0.12); // 9 % by chance
  expect(rate('FNB', 62_000_000_000)).toBeLessThan(0.13); // 10 %
  expect(rate('ABSA_BANK_LIMITED', 4_000_000_000)).toBeLessThan(0.5); // 36 %: a weak rule
});

it('knows the banks of branches, and whose branch a code is not', () => {
  expect(['632005', '051001', '250655', '470010', '678910', '000205', '999999'].map(bankOfBranch)).toEqual([
    'ABSA_BANK_LIMITED',
    'STANDARD_BANK',
    'FNB',
    'CAPITEC',
    'TYMEBANK',
    'STANDARD_BANK',
    null,
  ]);
  expect(isBranchOf('FNB', '210554')).toBe(true);
  expect(isBranchOf('FNB', '632005')).toBe(false);
  expect(isBranchOf('TYMEBANK', '678911')).toBe(true); // nobody publishes its branches
  expect(isBranchOf('TYMEBANK', '250655')).toBe(false); // but this one is FNB's
});

it('sends a number to the bank as eleven digits', () => {
  expect(['302481214', '0000302481214', '62001541061'].map(normalizeAccountNumber)).toEqual([
    '00302481214',
    '00302481214',
    '62001541061',
  ]);
});
