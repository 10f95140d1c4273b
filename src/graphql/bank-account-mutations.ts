import type { BankAccountStatus } from '../domain/bank-account/bank-account.ts';
import { type CreateBankAccounts, createBankAccounts } from '../services/bank-accounts/create-bank-accounts.ts';
import { setBankAccountStatus } from '../services/bank-accounts/set-bank-account-status.ts';
import { type UpdateBankAccounts, updateBankAccounts } from '../services/bank-accounts/update-bank-accounts.ts';
import { verifyBankAccounts } from '../services/bank-accounts/verify-bank-accounts.ts';
import { BankAccountRef } from './bank-account.ts';
import { CreateBankAccountInput, UpdateBankAccountInput } from './bank-account-input.ts';
import { type BatchInput, batchMutation, batchOptions, recordsField } from './batch/batch.ts';
import { readSelection, type SelectionInput, selectedOf, selectionFields } from './batch/selection.ts';
import { builder } from './builder.ts';
import { BankAccountStatusRef } from './enums/bank-account.ts';
import { readReason } from './reason.ts';

const BANK_ACCOUNT = { name: 'BankAccount', field: 'bankAccount', entity: 'bankAccount', ref: BankAccountRef } as const;

batchMutation<BatchInput & Pick<CreateBankAccounts, 'records'>>('createBankAccounts', {
  description: 'Creates bank accounts of customers. A customer has an account once; the error names the one there is.',
  input: builder.inputType('CreateBankAccountsInput', {
    description: 'A batch of bank accounts.',
    fields: (t) => ({ records: recordsField(t, CreateBankAccountInput), ...batchOptions(t) }),
  }),
  object: BANK_ACCOUNT,
  scope: 'write',
  records: ({ records }) => records,
  run: createBankAccounts,
});

batchMutation<BatchInput & Pick<UpdateBankAccounts, 'records'>>('updateBankAccounts', {
  description: 'Changes bank accounts. Another number is checked as a new one is, and is unverified.',
  input: builder.inputType('UpdateBankAccountsInput', {
    description: 'A batch of changes.',
    fields: (t) => ({ records: recordsField(t, UpdateBankAccountInput), ...batchOptions(t) }),
  }),
  object: BANK_ACCOUNT,
  scope: 'write',
  records: ({ records }) => records,
  run: updateBankAccounts,
});

batchMutation<SelectionInput & { status: BankAccountStatus; reason?: string | null }>('setBankAccountStatus', {
  description:
    'Disables, enables or archives bank accounts. One that a running payment uses can be neither disabled nor archived.',
  input: builder.inputType('SetBankAccountStatusInput', {
    description: 'Bank accounts and their new status.',
    fields: (t) => ({
      ...selectionFields(t),
      status: t.field({ type: BankAccountStatusRef, required: true, description: 'ARCHIVED is for good.' }),
      reason: t.string({ description: 'Yours, shown with the events it causes. At most 256 characters.' }),
    }),
  }),
  object: BANK_ACCOUNT,
  scope: 'write',
  records: selectedOf,
  run: (app, caller, input) => {
    const { status, reason } = input;
    return setBankAccountStatus(app, caller, { ...readSelection(input), status, reason: readReason(reason) });
  },
});

batchMutation<SelectionInput>('verifyBankAccounts', {
  description:
    'Asks the bank whether the accounts are open and belong to their customers (AVS), and answers with what it said.',
  input: builder.inputType('VerifyBankAccountsInput', {
    description: 'Bank accounts to be verified.',
    fields: (t) => selectionFields(t),
  }),
  object: BANK_ACCOUNT,
  scope: 'write',
  records: selectedOf,
  run: (app, caller, input) => verifyBankAccounts(app, caller, readSelection(input)),
});
