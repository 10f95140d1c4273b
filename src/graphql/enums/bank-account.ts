import type {
  BANK_ACCOUNT_STATUSES,
  BANK_ACCOUNT_TYPES,
  CDV_MODES,
  CDV_STATUSES,
} from '../../domain/bank-account/bank-account.ts';
import type { VERIFICATION_STATUSES } from '../../domain/bank-account/verification.ts';
import { BANKS, type Bank } from '../../domain/banks.ts';
import { builder } from '../builder.ts';
import { describe, statuses, titles } from './describe.ts';

export const BankRef = builder.enumType('Bank', {
  description: 'A bank in South Africa.',
  values: titles<Bank>(BANKS),
});
export const CdvModeRef = builder.enumType('CdvMode', {
  description: 'What a failed check of digits (CDV) is.',
  values: describe({ ERROR: 'The account is refused.', WARN: 'It is taken, with a warning.' } satisfies Record<
    (typeof CDV_MODES)[number],
    string
  >),
});
export const CdvStatusRef = builder.enumType('CdvStatus', {
  description: 'What the check digits of an account number say.',
  values: describe({
    PASSED: 'They are right, which does not prove that the account exists.',
    FAILED: 'They are wrong.',
    SKIPPED: 'No check is known for this bank or this range of numbers.',
  } satisfies Record<(typeof CDV_STATUSES)[number], string>),
});
export const VerificationStatusRef = builder.enumType('VerificationStatus', {
  description: 'What the bank said of an account (AVS).',
  values: describe({
    UNVERIFIED: 'It was not asked, or the number or its owner has changed since.',
    VERIFIED: "The account is open, takes debits, and is the customer's.",
    PARTIAL: 'It is, but for initials or name.',
    FAILED: "It is not there, is closed, takes no debits, or is someone else's.",
  } satisfies Record<(typeof VERIFICATION_STATUSES)[number], string>),
});
export const BankAccountStatusRef = builder.enumType('BankAccountStatus', {
  description: 'Only an ACTIVE account can be debited.',
  values: statuses('BANK_ACCOUNT', {
    ACTIVE: 'It can be debited.',
    DISABLED: 'It cannot be debited now.',
    ARCHIVED: 'Put away for good.',
  } satisfies Record<(typeof BANK_ACCOUNT_STATUSES)[number], string>),
});
export const BankAccountTypeRef = builder.enumType('BankAccountType', {
  description: 'The type of an account at its bank.',
  values: describe({
    CHEQUE_OR_CURRENT: 'Cheque or current account.',
    SAVINGS: 'Savings account.',
    TRANSMISSION: 'Transmission account.',
    BOND: 'Bond account; EFT debit orders alone.',
    SUBSCRIPTION_SHARE: 'Subscription share account; EFT debit orders alone.',
  } satisfies Record<(typeof BANK_ACCOUNT_TYPES)[number], string>),
});
