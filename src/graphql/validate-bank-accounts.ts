import { type AccountCheck, checkAccount } from '../domain/bank-account/check-account.ts';
import type { BankAccountRecord } from '../domain/bank-account/parse.ts';
import { BATCH_RECORDS_MAX } from '../domain/batch.ts';
import { numberFields } from './bank-account-input.ts';
import { recordInput } from './batch/record-input.ts';
import { UserErrorRef } from './batch/user-error.ts';
import { builder, scoped } from './builder.ts';
import { CdvStatusRef } from './enums/bank-account.ts';
import { requestError } from './pipeline/request-error.ts';

const ValidateBankAccountInput = recordInput<BankAccountRecord>('ValidateBankAccountInput', {
  description: 'An account number to check. Set the bank, the branch code, or both.',
  fields: (t) => numberFields(t, ''),
});

const AccountCheckRef = builder.objectRef<AccountCheck & { index: number }>('BankAccountValidation').implement({
  description:
    'Result of the check-digit verification (CDV) of an account number. Passing does not prove that the account exists.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'Zero-based index of the record in the input.' }),
    passed: t.boolean({
      description: 'Whether the record is valid and its verification PASSED or was SKIPPED.',
      resolve: ({ status, errors }) => status !== 'FAILED' && errors.length === 0,
    }),
    status: t.expose('status', {
      type: CdvStatusRef,
      nullable: true,
      description: 'Status of the check-digit verification; null if the record is invalid.',
    }),
    reason: t.exposeString('reason', { nullable: true, description: 'Human-readable explanation; null if PASSED.' }),
    normalizedAccountNumber: t.exposeString('normalizedAccountNumber', {
      nullable: true,
      description:
        'Account number as it would be sent to the bank: without leading zeros, then padded to eleven digits. null if the record is invalid.',
    }),
    errors: t.field({
      description: 'Reasons why the record is invalid; empty if it was checked.',
      type: [UserErrorRef],
      resolve: ({ errors }) => [...errors],
    }),
  }),
});

builder.queryField('validateBankAccounts', (t) =>
  t.field({
    type: [AccountCheckRef],
    description: `Verifies the check digits (CDV) of up to ${BATCH_RECORDS_MAX.toLocaleString('en')} account numbers. Stores nothing and asks no bank.`,
    args: {
      records: t.arg({
        description: `Account numbers to check, at most ${BATCH_RECORDS_MAX.toLocaleString('en')}.`,
        type: [ValidateBankAccountInput],
        required: true,
      }),
    },
    ...scoped('read'),
    resolve: (_root, { records }) => {
      if (records.length > BATCH_RECORDS_MAX) {
        throw requestError('BATCH_TOO_LARGE', `A call takes at most ${BATCH_RECORDS_MAX} records: split the batch.`, [
          ['records'],
        ]);
      }
      return records.map((record, index) => ({ index, ...checkAccount(record, ['records', String(index)]) }));
    },
  }),
);
