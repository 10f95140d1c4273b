import { BANK_ACCOUNT_TEXTS, type BankAccountRecord } from '../domain/bank-account/parse.ts';
import type { Target } from '../domain/decide-each.ts';
import type { CreateBankAccountRecord } from '../services/bank-accounts/create-bank-accounts.ts';
import { clientKeyField, type InputFieldBuilder, recordInput, targetFields } from './batch/record-input.ts';
import { BankAccountStatusRef, BankAccountTypeRef, BankRef } from './enums/bank-account.ts';
import { externalIdField } from './external-id.ts';

/** Returns the input fields of a bank account. The schema requires none: a missing value fails its record alone. */
function accountFields(t: InputFieldBuilder, required: string) {
  const { accountHolderName } = BANK_ACCOUNT_TEXTS;
  return {
    accountHolderName: t.string({
      description: `${required}Name of the account holder as the bank has it; at most ${accountHolderName.max} characters.`,
    }),
    ...numberFields(t, required),
    isBusinessAccount: t.boolean({
      description:
        'Whether it is a business account. A new account defaults to true for a COMPANY customer, otherwise to false.',
    }),
  };
}

/** Returns the input fields of a new bank account. */
export function newAccountFields(t: InputFieldBuilder) {
  return { ...accountFields(t, 'Required. '), externalId: externalIdField(t) };
}

/** Returns the input fields that a check-digit verification (CDV) needs; each description starts with `required`. */
export function numberFields(t: InputFieldBuilder, required: string) {
  return {
    accountNumber: t.string({
      description: `${required}Account number, at most ${BANK_ACCOUNT_TEXTS.accountNumber.max} digits; spaces are ignored.`,
    }),
    accountType: t.field({ type: BankAccountTypeRef, description: `${required}Type of the account at the bank.` }),
    bank: t.field({ type: BankRef, description: `${required}Bank that holds the account.` }),
    branchCode: t.field({
      type: 'Digits',
      description:
        'Branch code of the bank, six digits. A new account, or another bank, defaults to the universal branch code of the bank.',
    }),
  };
}

export const BankAccountInput = recordInput<BankAccountRecord>('BankAccountInput', {
  description: 'A bank account of the customer, created with a payment.',
  fields: (t) => newAccountFields(t),
});

export const CreateBankAccountInput = recordInput<CreateBankAccountRecord>('CreateBankAccountInput', {
  description: 'A bank account to create.',
  fields: (t) => ({
    clientKey: clientKeyField(t),
    customerId: t.id({
      required: true,
      description: 'Customer that owns the account; must be ACTIVE and not blacklisted.',
    }),
    ...newAccountFields(t),
    status: t.field({ type: BankAccountStatusRef, description: 'Initial status: ACTIVE (the default) or DISABLED.' }),
  }),
});

export const UpdateBankAccountInput = recordInput<BankAccountRecord & Target>('UpdateBankAccountInput', {
  description:
    'Changes to one bank account. Absent fields are left unchanged; null is refused. Once a mandate uses the account, only `accountHolderName` can change, and not while a DebiCheck or registered mandate is open.',
  fields: (t) => ({
    ...targetFields(t, 'account', 'Unique identifier of the bank account.'),
    ...accountFields(t, ''),
  }),
});
