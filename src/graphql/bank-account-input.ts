import { BANK_ACCOUNT_TEXTS, type BankAccountRecord } from '../domain/bank-account/parse.ts';
import { CLIENT_KEY_LENGTH_MAX } from '../domain/batch.ts';
import type { Target } from '../domain/decide-each.ts';
import type { CreateBankAccountRecord } from '../services/bank-accounts/create-bank-accounts.ts';
import type { batchOptions } from './batch/batch.ts';
import { builder } from './builder.ts';
import { BankAccountStatusRef, BankAccountTypeRef, BankRef } from './enums/bank-account.ts';

type InputBuilder = Parameters<typeof batchOptions>[0];

const CLIENT_KEY = `Your key for the record, returned with its result; at most ${CLIENT_KEY_LENGTH_MAX} characters.`;

/** Returns the input fields of a bank account. The schema requires none: a missing value fails its record alone. */
function accountFields(t: InputBuilder, required: string) {
  const { accountHolderName } = BANK_ACCOUNT_TEXTS;
  return {
    accountHolderName: t.string({
      description: `${required}Name of the account holder as the bank has it; at most ${accountHolderName.max} characters.`,
    }),
    ...numberFields(t, required),
    isBusinessAccount: t.boolean({
      description: 'Whether it is a business account; defaults to true for a COMPANY customer, otherwise to false.',
    }),
  };
}

/** Returns the input fields that a check-digit verification (CDV) needs; each description starts with `required`. */
export function numberFields(t: InputBuilder, required: string) {
  return {
    accountNumber: t.string({
      description: `${required}Account number, at most ${BANK_ACCOUNT_TEXTS.accountNumber.max} digits; spaces are ignored.`,
    }),
    accountType: t.field({ type: BankAccountTypeRef, description: `${required}Type of the account at the bank.` }),
    bank: t.field({ type: BankRef, description: `${required}Bank that holds the account.` }),
    branchCode: t.field({
      type: 'Digits',
      description: 'Branch code of the bank, six digits; defaults to the universal branch code of the bank.',
    }),
  };
}

export const BankAccountInput = builder.inputRef<BankAccountRecord>('BankAccountInput').implement({
  description: 'A bank account of the customer, created with a payment.',
  // The cast is needed because Pothos checks the fields of a ref by name, and these are shared.
  fields: (t) => accountFields(t as never, 'Required. ') as never,
});

export const CreateBankAccountInput = builder.inputRef<CreateBankAccountRecord>('CreateBankAccountInput').implement({
  description: 'A bank account to create.',
  fields: (t) =>
    ({
      clientKey: t.string({ description: CLIENT_KEY }),
      customerId: t.id({
        required: true,
        description: 'Customer that owns the account; must be ACTIVE and not blacklisted.',
      }),
      ...accountFields(t as never, 'Required. '),
      status: t.field({ type: BankAccountStatusRef, description: 'Initial status: ACTIVE (the default) or DISABLED.' }),
    }) as never,
});

export const UpdateBankAccountInput = builder.inputRef<BankAccountRecord & Target>('UpdateBankAccountInput').implement({
  description:
    'Changes to one bank account. Absent fields are left unchanged; null is refused. Once a mandate uses the account, only `accountHolderName` can change.',
  fields: (t) =>
    ({
      id: t.id({ description: 'Unique identifier of the bank account.', required: true }),
      expectedVersion: t.int({
        description: 'Version of the account you last read; VERSION_CONFLICT is returned if it has changed.',
      }),
      clientKey: t.string({ description: CLIENT_KEY }),
      ...accountFields(t as never, ''),
    }) as never,
});
