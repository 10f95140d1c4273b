import type { Bank } from '../banks.ts';

export const BANK_ACCOUNT_STATUSES = ['ACTIVE', 'DISABLED', 'ARCHIVED'] as const;
export type BankAccountStatus = (typeof BANK_ACCOUNT_STATUSES)[number];

export const BANK_ACCOUNT_TYPES = [
  'CHEQUE_OR_CURRENT',
  'SAVINGS',
  'TRANSMISSION',
  'BOND',
  'SUBSCRIPTION_SHARE',
] as const;
export type BankAccountType = (typeof BANK_ACCOUNT_TYPES)[number];

export const CDV_STATUSES = ['PASSED', 'FAILED', 'SKIPPED'] as const;
export type CdvStatus = (typeof CDV_STATUSES)[number];

/** What the check digits say. `reason` is null when they pass, and for people. */
export interface CdvResult {
  readonly status: CdvStatus;
  readonly reason: string | null;
}

/** What a failed check of digits is: a reason to refuse the account, or worth a warning. */
export const CDV_MODES = ['ERROR', 'WARN'] as const;
export type CdvMode = (typeof CDV_MODES)[number];

/** What is known of a bank account, checked (DOMAIN §1.2). */
export interface BankAccountProfile {
  readonly accountHolderName: string;
  readonly accountNumber: string;
  readonly accountType: BankAccountType;
  readonly bank: Bank;
  readonly branchCode: string;
  /** Null: as the customer is. */
  readonly isBusinessAccount: boolean | null;
}

/** A bank account to be made. */
export interface NewBankAccount extends BankAccountProfile {
  readonly status: 'ACTIVE' | 'DISABLED';
  readonly cdv: CdvResult;
}

/** A number with all but its last digits hidden. */
export function maskNumber(last4: string): string {
  return `*****${last4}`;
}
