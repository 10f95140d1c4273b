import type { BankAccountStatus } from './bank-account.ts';

/** The life of a bank account (DOMAIN §4.2). ARCHIVED is the end: what is needed again is made again. */
export const BANK_ACCOUNT_TRANSITIONS: Record<BankAccountStatus, readonly BankAccountStatus[]> = {
  ACTIVE: ['DISABLED', 'ARCHIVED'],
  DISABLED: ['ACTIVE', 'ARCHIVED'],
  ARCHIVED: [],
};
