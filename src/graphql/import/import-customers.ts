import type { BankAccountRecord } from '../../domain/bank-account/parse.ts';
import {
  BANK_ACCOUNTS_MAX,
  BLACKLIST_REASON_LENGTH_MAX,
  type ImportCustomerRecord,
  type ImportCustomers,
  importCustomers,
} from '../../services/import/import-customers.ts';
import { newAccountFields } from '../bank-account-input.ts';
import { type BatchInput, batchMutation, batchOptions, recordsField } from '../batch/batch.ts';
import { clientKeyField, recordInput } from '../batch/record-input.ts';
import { builder } from '../builder.ts';
import { firstStatusField, newFields } from '../customer-input.ts';
import { CUSTOMER } from '../customer-mutations.ts';
import { BankAccountStatusRef } from '../enums/bank-account.ts';
import { externalIdField } from '../external-id.ts';

const ImportBankAccountInput = recordInput<BankAccountRecord>('ImportBankAccountInput', {
  description: 'A bank account of an imported customer.',
  fields: (t) => ({
    ...newAccountFields(t),
    externalId: externalIdField(t, 'Required. '),
    status: t.field({ type: BankAccountStatusRef, description: 'Status: ACTIVE (the default) or DISABLED.' }),
  }),
});

const ImportCustomerInput = recordInput<ImportCustomerRecord>('ImportCustomerInput', {
  description: 'A customer of another system. A company name, or first names and a surname, is required.',
  fields: (t) => ({
    clientKey: clientKeyField(t),
    ...newFields(t),
    externalId: externalIdField(t, 'Required. '),
    status: firstStatusField(t),
    isBlacklisted: t.boolean({ description: 'Whether the customer is blacklisted; defaults to false.' }),
    blacklistReason: t.string({
      description: `Reason for the blacklisting, at most ${BLACKLIST_REASON_LENGTH_MAX} characters; refused unless \`isBlacklisted\` is true.`,
    }),
    bankAccounts: t.field({
      type: [ImportBankAccountInput],
      description: `Bank accounts of the customer, at most ${BANK_ACCOUNTS_MAX}.`,
    }),
  }),
});

batchMutation<BatchInput & Pick<ImportCustomers, 'records'>>('importCustomers', {
  description:
    'Imports customers of another system with their bank accounts. Every object has an `externalId`, by which importMandates and importPayments can name it; a customer that was imported before is refused with DUPLICATE.',
  input: builder.inputType('ImportCustomersInput', {
    description: 'Batch of customers to import.',
    fields: (t) => ({ records: recordsField(t, ImportCustomerInput), ...batchOptions(t) }),
  }),
  object: CUSTOMER,
  scope: 'admin',
  records: ({ records }) => records,
  run: importCustomers,
});
