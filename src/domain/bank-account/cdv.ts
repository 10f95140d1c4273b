import type { Bank } from '../banks.ts';
import type { BankAccountType, CdvResult } from './bank-account.ts';

/** Version of the table below, incremented with every change of a row and stored with each verified account. */
export const CDV_TABLE_VERSION = 2;

/** Account numbers are padded with leading zeros to this many digits. */
const WIDTH = 11;

interface Rule {
  readonly weights: readonly number[];
  readonly modulus: number;
  /** Added to the sum. */
  readonly fudge?: number;
  readonly fudgeOfFirstDigit?: Readonly<Record<string, number>>;
  /** The remainder 1 passes too if the last digit is one of these. */
  readonly remainderOneEnds?: string;
  /** Added to the last digit, without carry, before the sum. */
  readonly lastDigitShift?: number;
  /** Number of digits, without leading zeros, to which the rule applies. */
  readonly digits?: readonly [min: number, max: number];
  readonly startsWith?: string;
  readonly branchCode?: string;
  readonly accountType?: BankAccountType;
}

const digits = (text: string): number[] => [...text].map(Number);
const WEIGHTS_21 = digits('12121212121');
const WEIGHTS_11_TO_1 = digits('11987654321');
const WEIGHTS_13_TO_1 = [13, 12, 9, 8, 7, 6, 5, 4, 3, 2, 1];

/**
 * The account numbers of a bank: their lengths, the exempt ones, and the rules, of which one must hold. Weights start
 * at the most significant digit. Source: Bankserv user manual, appendix E (DOMAIN §6.7).
 */
interface BankRules {
  /** Minimum number of digits as written, with leading zeros. */
  readonly digitsMin: number;
  /** Maximum number of digits without leading zeros. */
  readonly digitsMax: number;
  /** Numbers without check digits. */
  readonly exempt?: RegExp;
  /** Digits with which every number starts. */
  readonly startsWith?: string;
  /** Empty if only the lengths are known. */
  readonly rules: readonly Rule[];
}

const CDV_TABLE: Partial<Record<Bank, BankRules>> = {
  FNB: {
    digitsMin: 11,
    digitsMax: 11,
    rules: [
      { weights: WEIGHTS_21, modulus: 10 },
      { weights: [13, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1], modulus: 11, accountType: 'CHEQUE_OR_CURRENT' },
    ],
  },
  STANDARD_BANK: {
    digitsMin: 1,
    digitsMax: 11,
    rules: [
      { weights: WEIGHTS_11_TO_1, modulus: 11, digits: [1, 9] },
      { weights: WEIGHTS_13_TO_1, modulus: 11, digits: [11, 11], startsWith: '1', branchCode: '051001' },
    ],
  },
  NEDBANK: {
    digitsMin: 10,
    digitsMax: 11,
    rules: [{ weights: WEIGHTS_11_TO_1, modulus: 11, fudge: 18, fudgeOfFirstDigit: { '1': 9 } }],
  },
  CAPITEC: { digitsMin: 10, digitsMax: 10, rules: [{ weights: digits('21987654321'), modulus: 11 }] },
  ABSA_BANK_LIMITED: {
    digitsMin: 8,
    digitsMax: 11,
    exempt: /^53\d{9}$/,
    rules: [
      { weights: digits('17329874321'), modulus: 10 },
      { weights: digits('14327654321'), modulus: 11 },
      { weights: digits('54327654321'), modulus: 11, remainderOneEnds: '01' },
      { weights: digits('11327654321'), modulus: 11 },
      { weights: digits('11327654321'), modulus: 11, lastDigitShift: 6, digits: [1, 9] },
      { weights: digits('14329874321'), modulus: 10 },
    ],
  },
  INVESTEC: { digitsMin: 1, digitsMax: 11, rules: [{ weights: [0, 0, 0, 23, 19, 17, 13, 7, 5, 3, 1], modulus: 11 }] },
  AFRICAN_BANK: { digitsMin: 1, digitsMax: 11, rules: [{ weights: WEIGHTS_21, modulus: 10 }] },
  ITHALA: { digitsMin: 1, digitsMax: 11, rules: [{ weights: WEIGHTS_21, modulus: 10 }] },
  POSTBANK: { digitsMin: 1, digitsMax: 11, rules: [{ weights: digits('42184218421'), modulus: 10 }] },
  STANDARD_CHARTERED: { digitsMin: 1, digitsMax: 11, rules: [{ weights: digits('42184218421'), modulus: 11 }] },
  BIDVEST: { digitsMin: 1, digitsMax: 11, rules: [{ weights: digits('27654321000'), modulus: 11 }] },
  CITIBANK: { digitsMin: 10, digitsMax: 10, rules: [] },
  ALBARAKA: { digitsMin: 11, digitsMax: 11, startsWith: '786', rules: [] },
  ACCESS_BANK: { digitsMin: 1, digitsMax: 11, rules: [{ weights: WEIGHTS_11_TO_1, modulus: 11 }] },
};

/** The fields of a bank account that determine its check digits. */
export interface CheckedAccount {
  readonly bank: Bank;
  readonly branchCode: string;
  readonly accountNumber: string;
  readonly accountType: BankAccountType;
}

const NO_CHECK_DIGITS = 'No check-digit rule is known for this bank.';

/**
 * Verifies length and check digits of an account number by the rules of its bank. PASSED does not prove that the
 * account exists.
 */
export function checkAccountNumber(account: CheckedAccount): CdvResult {
  const bank = CDV_TABLE[account.bank];
  if (!bank) return { status: 'SKIPPED', reason: NO_CHECK_DIGITS };
  const number = significant(account.accountNumber);
  if (account.accountNumber.length < bank.digitsMin || number.length > bank.digitsMax) {
    const { digitsMin, digitsMax } = bank;
    const length = digitsMin === digitsMax ? `${digitsMin}` : `${digitsMin} to ${digitsMax}`;
    return { status: 'FAILED', reason: `Account numbers of this bank have ${length} digits.` };
  }
  if (bank.startsWith && !number.startsWith(bank.startsWith)) {
    return { status: 'FAILED', reason: `Account numbers of this bank start with ${bank.startsWith}.` };
  }
  if (bank.rules.length === 0) return { status: 'SKIPPED', reason: NO_CHECK_DIGITS };
  if (bank.exempt?.test(number))
    return { status: 'SKIPPED', reason: 'Account numbers in this range have no check digit.' };
  const rules = bank.rules.filter((rule) => appliesTo(rule, number, account));
  if (rules.length === 0)
    return {
      status: 'FAILED',
      reason: 'This bank has no account numbers of this length for the branch and the account type.',
    };
  const passes = rules.some((rule) => holds(rule, number));
  return passes
    ? { status: 'PASSED', reason: null }
    : {
        status: 'FAILED',
        reason: 'The account number fails its check-digit verification (CDV). Check it for a typing error.',
      };
}

/** Returns the account number as sent to the bank: without surplus leading zeros, at least eleven digits. */
export function normalizeAccountNumber(accountNumber: string): string {
  return significant(accountNumber).padStart(WIDTH, '0');
}

function significant(accountNumber: string): string {
  return accountNumber.replace(/^0+/, '');
}

function appliesTo(rule: Rule, number: string, account: CheckedAccount): boolean {
  const [min, max] = rule.digits ?? [1, WIDTH];
  return (
    number.length >= min &&
    number.length <= max &&
    (!rule.startsWith || number.startsWith(rule.startsWith)) &&
    (rule.branchCode ?? account.branchCode) === account.branchCode &&
    (rule.accountType ?? account.accountType) === account.accountType
  );
}

function holds(rule: Rule, number: string): boolean {
  const shift = rule.lastDigitShift ?? 0;
  const values = digits(number.padStart(WIDTH, '0'));
  values[WIDTH - 1] = ((values[WIDTH - 1] ?? 0) + shift) % 10;
  const fudge = rule.fudgeOfFirstDigit?.[number.charAt(0)] ?? rule.fudge ?? 0;
  const sum = values.reduce((total, value, index) => total + value * (rule.weights[index] ?? 0), fudge);
  const remainder = sum % rule.modulus;
  return remainder === 0 || (remainder === 1 && rule.remainderOneEnds?.includes(number.slice(-1)) === true);
}
