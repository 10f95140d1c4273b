import { type AccountCheck, checkAccount } from '../domain/bank-account/check-account.ts';
import type { BankAccountRecord } from '../domain/bank-account/parse.ts';
import { BATCH_RECORDS_MAX } from '../domain/batch.ts';
import { numberFields } from './bank-account-input.ts';
import { UserErrorRef } from './batch/user-error.ts';
import { builder, scoped } from './builder.ts';
import { CdvStatusRef } from './enums/bank-account.ts';
import { requestError } from './pipeline/request-error.ts';

const ValidateBankAccountInput = builder.inputRef<BankAccountRecord>('ValidateBankAccountInput').implement({
  description: 'An account number to be checked, by its bank or by its branch code.',
  fields: (t) => numberFields(t as never, '') as never,
});

const AccountCheckRef = builder.objectRef<AccountCheck & { index: number }>('BankAccountValidation').implement({
  description: 'What the check digits say of an account number. To pass does not prove that the account exists.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'The place of the record in the input.' }),
    passed: t.boolean({
      description: 'Nothing was found wrong.',
      resolve: ({ status, errors }) => status !== 'FAILED' && errors.length === 0,
    }),
    status: t.expose('status', { type: CdvStatusRef, nullable: true, description: 'null: it could not be checked.' }),
    reason: t.exposeString('reason', { nullable: true, description: 'For people; null when PASSED.' }),
    normalizedAccountNumber: t.exposeString('normalizedAccountNumber', {
      nullable: true,
      description: 'As it would go to the bank: eleven digits.',
    }),
    errors: t.field({
      description: 'What is wrong with the question.',
      type: [UserErrorRef],
      resolve: ({ errors }) => [...errors],
    }),
  }),
});

builder.queryField('validateBankAccounts', (t) =>
  t.field({
    type: [AccountCheckRef],
    description: `Checks the digits (CDV) of at most ${BATCH_RECORDS_MAX.toLocaleString('en')} account numbers. Nothing is stored, no bank is asked.`,
    args: {
      records: t.arg({ description: '1 to 1,000 account numbers.', type: [ValidateBankAccountInput], required: true }),
    },
    ...scoped('read'),
    resolve: (_root, { records }) => {
      if (records.length > BATCH_RECORDS_MAX) {
        throw requestError('BATCH_TOO_LARGE', `At most ${BATCH_RECORDS_MAX} records a call.`, [['records']]);
      }
      return records.map((record, index) => ({ index, ...checkAccount(record, ['records', String(index)]) }));
    },
  }),
);
