import type { BankAccountStatus } from './bank-account.ts';

/**
 * Next statuses of each bank account status (DOMAIN §4.2). ARCHIVED is final: an account that is needed again is
 * created anew.
 */
export const BANK_ACCOUNT_TRANSITIONS: Record<BankAccountStatus, readonly BankAccountStatus[]> = {
  ACTIVE: ['DISABLED', 'ARCHIVED'],
  DISABLED: ['ACTIVE', 'ARCHIVED'],
  ARCHIVED: [],
};
