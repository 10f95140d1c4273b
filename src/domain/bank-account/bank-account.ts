import type { Bank } from '../banks.ts';

/** All statuses of a bank account (DOMAIN §4.2). */
export const BANK_ACCOUNT_STATUSES = ['ACTIVE', 'DISABLED', 'ARCHIVED'] as const;
/** Status of a bank account. */
export type BankAccountStatus = (typeof BANK_ACCOUNT_STATUSES)[number];

/** All types of bank accounts. */
export const BANK_ACCOUNT_TYPES = [
  'CHEQUE_OR_CURRENT',
  'SAVINGS',
  'TRANSMISSION',
  'BOND',
  'SUBSCRIPTION_SHARE',
] as const;
/** Type of a bank account at its bank. */
export type BankAccountType = (typeof BANK_ACCOUNT_TYPES)[number];

/** All results of a check-digit verification (CDV). */
export const CDV_STATUSES = ['PASSED', 'FAILED', 'SKIPPED'] as const;
/** Result of a check-digit verification. */
export type CdvStatus = (typeof CDV_STATUSES)[number];

/** Result of a check-digit verification with a human-readable reason, which is null if it passed. */
export interface CdvResult {
  readonly status: CdvStatus;
  readonly reason: string | null;
}

/** All treatments of a failed check-digit verification: refuse the account, or accept it with a warning. */
export const CDV_MODES = ['ERROR', 'WARN'] as const;
/** Treatment of a failed check-digit verification. */
export type CdvMode = (typeof CDV_MODES)[number];

/** The validated data of a bank account (DOMAIN §1.2). */
export interface BankAccountProfile {
  readonly accountHolderName: string;
  readonly accountNumber: string;
  readonly accountType: BankAccountType;
  readonly bank: Bank;
  /** Six digits. */
  readonly branchCode: string;
  /** Null means by the kind of the customer: true for a COMPANY, otherwise false. */
  readonly isBusinessAccount: boolean | null;
}

/** A bank account to create. */
export interface NewBankAccount extends BankAccountProfile {
  readonly externalId: string | null;
  readonly status: 'ACTIVE' | 'DISABLED';
  readonly cdv: CdvResult;
}

/** Returns a masked number that shows only the last digits. */
export function maskNumber(last4: string): string {
  return `*****${last4}`;
}
