import { BANKS, type Bank } from '../banks.ts';

/** Known ranges of branch codes by bank, besides the universal code; both ends inclusive (DOMAIN §2.15). */
const BRANCH_RANGES: Partial<Record<Bank, ReadonlyArray<readonly [from: string, to: string]>>> = {
  FNB: [['200000', '299999']],
  STANDARD_BANK: [
    ['000001', '060065'],
    ['063969', '099998'],
  ],
  NEDBANK: [['100000', '199999']],
  ABSA_BANK_LIMITED: [
    ['300000', '349999'],
    ['420000', '429999'],
    ['500000', '569999'],
    ['630000', '659999'],
  ],
  CAPITEC: [['470000', '470999']],
  AFRICAN_BANK: [['430000', '430999']],
  INVESTEC: [['580000', '580999']],
  BIDVEST: [['462000', '462999']],
  POSTBANK: [['460000', '460999']],
  ITHALA: [['750000', '759999']],
  STANDARD_CHARTERED: [['730000', '730999']],
};

/**
 * Returns a branch code of six digits, or null. Leading zeros, which a JSON number loses, are restored (`51001` is
 * `051001`).
 */
export function parseBranchCode(text: string): string | null {
  return /^\d{1,6}$/.test(text) ? text.padStart(6, '0') : null;
}

/**
 * Returns whether a branch can belong to a bank: it is the universal code or in the ranges of the bank. For a bank
 * without known ranges, every branch that belongs to no other bank is accepted.
 */
export function isBranchOf(bank: Bank, branchCode: string): boolean {
  if (BANKS[bank].branchCode === branchCode || isInRanges(bank, branchCode)) return true;
  if (BRANCH_RANGES[bank]) return false;
  const others = Object.keys(BANKS) as Bank[];
  return !others.some((other) => BANKS[other].branchCode === branchCode || isInRanges(other, branchCode));
}

function isInRanges(bank: Bank, branchCode: string): boolean {
  return (BRANCH_RANGES[bank] ?? []).some(([from, to]) => branchCode >= from && branchCode <= to);
}

/** Returns the bank of a branch, or null if it is unknown. */
export function bankOfBranch(branchCode: string): Bank | null {
  const banks = Object.keys(BANKS) as Bank[];
  return (
    banks.find((bank) => BANKS[bank].branchCode === branchCode) ??
    banks.find((bank) => isInRanges(bank, branchCode)) ??
    null
  );
}
