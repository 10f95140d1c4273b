import { BANKS, type Bank } from './banks.ts';
import { type Path, required, type UserError } from './errors.ts';
import { readFields, type Unjudged } from './fields.ts';

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

/** A bank account's fields, checked. */
export interface NewBankAccount {
  readonly accountHolderName: string;
  readonly accountNumber: string;
  readonly accountType: BankAccountType;
  readonly bank: Bank;
  readonly branchCode: string;
  /** Null: as the customer is. */
  readonly isBusinessAccount: boolean | null;
}

/** What a caller sends to create a bank account: scalars unjudged, enums already their own. */
export interface BankAccountRecord extends Unjudged {
  readonly accountType?: BankAccountType | null | undefined;
  readonly bank?: Bank | null | undefined;
  readonly isBusinessAccount?: boolean | null | undefined;
}

/** The checked fields of a new bank account (DOMAIN §1.2), or null with every reason in `errors`. */
export function parseBankAccount(record: BankAccountRecord, path: Path, errors: UserError[]): NewBankAccount | null {
  const before = errors.length;
  const fields = readFields(record, path, errors);
  const { accountType, bank } = record;
  if (!accountType) errors.push(required([...path, 'accountType']));
  if (!bank) errors.push(required([...path, 'bank']));
  const accountHolderName = fields.text('accountHolderName', { max: 30, required: true });
  const accountNumber = fields.text('accountNumber', {
    max: 17,
    required: true,
    parse: parseAccountNumber,
    rule: 'account_number',
  });
  const branchCode = fields.text('branchCode', { max: 6, parse: parseBranchCode, rule: 'branch_code' });
  if (errors.length > before || !accountType || !bank || accountHolderName === null || accountNumber === null)
    return null;
  return {
    accountHolderName,
    accountNumber,
    accountType,
    bank,
    branchCode: branchCode ?? BANKS[bank].branchCode,
    isBusinessAccount: record.isBusinessAccount ?? null,
  };
}

/** Digits only. */
export function parseAccountNumber(text: string): string | null {
  return /^\d+$/.test(text) && !/^0+$/.test(text) ? text : null;
}

/** Six digits; a code sent as a number has lost its leading zeros (`51001` is `051001`). */
export function parseBranchCode(text: string): string | null {
  return /^\d{1,6}$/.test(text) ? text.padStart(6, '0') : null;
}

/** An account number with all but its last four digits hidden. */
export function maskNumber(last4: string): string {
  return `*****${last4}`;
}
