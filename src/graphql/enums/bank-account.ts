import type {
  BANK_ACCOUNT_STATUSES,
  BANK_ACCOUNT_TYPES,
  CDV_MODES,
  CDV_STATUSES,
} from '../../domain/bank-account/bank-account.ts';
import type { VERIFICATION_STATUSES } from '../../domain/bank-account/verification.ts';
import { BANKS, type Bank } from '../../domain/banks.ts';
import { builder } from '../builder.ts';
import { describe, statuses } from './describe.ts';

export const BankRef = builder.enumType('Bank', {
  description: 'A South African bank that can hold a customer account.',
  values: describe(
    Object.fromEntries(
      Object.entries(BANKS).map(([name, { title, branchCode }]) => [
        name,
        `${title} (universal branch code ${branchCode}).`,
      ]),
    ) as Record<Bank, string>,
  ),
});
export const CdvModeRef = builder.enumType('CdvMode', {
  description: 'How a failed check-digit verification (CDV) of an account number is treated.',
  values: describe({
    ERROR: 'The bank account is refused.',
    WARN: 'The bank account is accepted with a warning.',
  } satisfies Record<(typeof CDV_MODES)[number], string>),
});
export const CdvStatusRef = builder.enumType('CdvStatus', {
  description: 'Result of the check-digit verification (CDV) of an account number.',
  values: describe({
    PASSED: 'The account number passes its check-digit verification; this does not prove that the account exists.',
    FAILED: 'The account number fails its check-digit verification.',
    SKIPPED: 'No verification rule is known for this bank or this range of account numbers.',
  } satisfies Record<(typeof CDV_STATUSES)[number], string>),
});
export const VerificationStatusRef = builder.enumType('VerificationStatus', {
  description: 'Result of account verification (AVS) by the bank.',
  values: describe({
    UNVERIFIED: 'The account was never verified, or its number or its holder has changed since.',
    VERIFIED: 'The account is open, accepts debits and belongs to the customer.',
    PARTIAL: 'The account is open, accepts debits and matches the ID number, but the initials or the name differ.',
    FAILED: 'The account does not exist, is closed, does not accept debits, or its ID number does not match.',
  } satisfies Record<(typeof VERIFICATION_STATUSES)[number], string>),
});
export const BankAccountStatusRef = builder.enumType('BankAccountStatus', {
  description: 'Status of a bank account. Only an ACTIVE account can be debited.',
  values: statuses('BANK_ACCOUNT', {
    ACTIVE: 'The account can be debited.',
    DISABLED: 'The account cannot be debited until it is enabled.',
    ARCHIVED: 'The account is archived permanently and cannot be debited.',
  } satisfies Record<(typeof BANK_ACCOUNT_STATUSES)[number], string>),
});
export const BankAccountTypeRef = builder.enumType('BankAccountType', {
  description: 'Type of a bank account at its bank.',
  values: describe({
    CHEQUE_OR_CURRENT: 'Cheque or current account.',
    SAVINGS: 'Savings account at a bank.',
    TRANSMISSION: 'Transmission account at a bank.',
    BOND: 'Bond account; accepts EFT debit orders only.',
    SUBSCRIPTION_SHARE: 'Subscription share account; accepts EFT debit orders only.',
  } satisfies Record<(typeof BANK_ACCOUNT_TYPES)[number], string>),
});
