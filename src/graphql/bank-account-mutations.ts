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
import { REASON_LENGTH_MAX, readReason } from './reason.ts';

const BANK_ACCOUNT = { name: 'BankAccount', field: 'bankAccount', entity: 'bankAccount', ref: BankAccountRef } as const;

batchMutation<BatchInput & Pick<CreateBankAccounts, 'records'>>('createBankAccounts', {
  description:
    'Creates bank accounts of customers. A customer cannot have the same account twice; `existingId` of the error names the existing one.',
  input: builder.inputType('CreateBankAccountsInput', {
    description: 'Batch of bank accounts to create.',
    fields: (t) => ({ records: recordsField(t, CreateBankAccountInput), ...batchOptions(t) }),
  }),
  object: BANK_ACCOUNT,
  scope: 'write',
  records: ({ records }) => records,
  run: createBankAccounts,
});

batchMutation<BatchInput & Pick<UpdateBankAccounts, 'records'>>('updateBankAccounts', {
  description:
    'Changes bank accounts. A new account number is checked by check-digit verification (CDV) and becomes UNVERIFIED.',
  input: builder.inputType('UpdateBankAccountsInput', {
    description: 'Batch of changes to bank accounts.',
    fields: (t) => ({ records: recordsField(t, UpdateBankAccountInput), ...batchOptions(t) }),
  }),
  object: BANK_ACCOUNT,
  scope: 'write',
  records: ({ records }) => records,
  run: updateBankAccounts,
});

batchMutation<SelectionInput & { status: BankAccountStatus; reason?: string | null }>('setBankAccountStatus', {
  description:
    'Enables, disables or archives bank accounts. An account used by a running payment cannot be disabled or archived.',
  input: builder.inputType('SetBankAccountStatusInput', {
    description: 'Bank accounts and the status to set.',
    fields: (t) => ({
      ...selectionFields(t),
      status: t.field({
        type: BankAccountStatusRef,
        required: true,
        description: 'Target status; ARCHIVED is permanent.',
      }),
      reason: t.string({
        description: `Reason recorded with the events of this call; at most ${REASON_LENGTH_MAX} characters.`,
      }),
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
    'Asks the bank whether the accounts are open and belong to their customers (AVS), and stores and returns its answers.',
  input: builder.inputType('VerifyBankAccountsInput', {
    description: 'Bank accounts to be verified by the bank.',
    fields: (t) => selectionFields(t),
  }),
  object: BANK_ACCOUNT,
  scope: 'write',
  records: selectedOf,
  run: (app, caller, input) => verifyBankAccounts(app, caller, readSelection(input)),
});
