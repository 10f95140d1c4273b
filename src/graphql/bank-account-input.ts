import { BANK_ACCOUNT_TEXTS, type BankAccountRecord } from '../domain/bank-account/parse.ts';
import type { Target } from '../domain/decide-each.ts';
import type { CreateBankAccountRecord } from '../services/bank-accounts/create-bank-accounts.ts';
import type { batchOptions } from './batch/batch.ts';
import { builder } from './builder.ts';
import { BankAccountStatusRef, BankAccountTypeRef, BankRef } from './enums/bank-account.ts';

type InputBuilder = Parameters<typeof batchOptions>[0];

/** What is said of an account. Nothing is required here: a missing value is one record's error. */
function accountFields(t: InputBuilder, required: string) {
  const { accountHolderName } = BANK_ACCOUNT_TEXTS;
  return {
    accountHolderName: t.string({ description: `${required}At most ${accountHolderName.max} characters.` }),
    ...numberFields(t, required),
    isBusinessAccount: t.boolean({ description: 'As the customer is, when absent.' }),
  };
}

/** What the check digits are checked by. */
export function numberFields(t: InputBuilder, required: string) {
  return {
    accountNumber: t.string({ description: `${required}At most ${BANK_ACCOUNT_TEXTS.accountNumber.max} digits.` }),
    accountType: t.field({ type: BankAccountTypeRef, description: required.trim() || 'Its type at the bank.' }),
    bank: t.field({ type: BankRef, description: required.trim() || 'Its bank.' }),
    branchCode: t.field({ type: 'Digits', description: "Six digits. The bank's universal code when absent." }),
  };
}

export const BankAccountInput = builder.inputRef<BankAccountRecord>('BankAccountInput').implement({
  description: "A bank account to be made with a payment, the customer's.",
  fields: (t) => accountFields(t as never, 'Required. ') as never, // shared: Pothos checks the fields of a ref by name
});

export const CreateBankAccountInput = builder.inputRef<CreateBankAccountRecord>('CreateBankAccountInput').implement({
  description: 'A bank account to be made.',
  fields: (t) =>
    ({
      clientKey: t.string({ description: 'Returned with the result.' }),
      customerId: t.id({ required: true, description: 'ACTIVE and not blacklisted.' }),
      ...accountFields(t as never, 'Required. '),
      status: t.field({ type: BankAccountStatusRef, description: 'ACTIVE when absent; may be DISABLED.' }),
    }) as never,
});

export const UpdateBankAccountInput = builder.inputRef<BankAccountRecord & Target>('UpdateBankAccountInput').implement({
  description:
    'A change of a bank account: absent fields keep, nothing can be null. Once a mandate names the account, its holder alone can change.',
  fields: (t) =>
    ({
      id: t.id({ description: 'Of the bank account.', required: true }),
      expectedVersion: t.int({ description: 'VERSION_CONFLICT when the account has changed since.' }),
      clientKey: t.string({ description: 'Returned with the result.' }),
      ...accountFields(t as never, ''),
    }) as never,
});
