import type { CustomerStatus } from '../domain/customer/customer.ts';
import { blacklistCustomers, unblacklistCustomers } from '../services/customers/blacklist-customers.ts';
import { type CreateCustomers, createCustomers } from '../services/customers/create-customers.ts';
import { eraseCustomers, RETENTION_YEARS } from '../services/customers/erase-customers.ts';
import { setCustomerStatus } from '../services/customers/set-customer-status.ts';
import { type UpdateCustomers, updateCustomers } from '../services/customers/update-customers.ts';
import { type BatchInput, batchMutation, batchOptions, recordsField } from './batch/batch.ts';
import { readSelection, type SelectionInput, selectedOf, selectionFields } from './batch/selection.ts';
import { builder } from './builder.ts';
import { CustomerRef } from './customer.ts';
import { CreateCustomerInput, UpdateCustomerInput } from './customer-input.ts';
import { BlacklistedPaymentsRef, CustomerStatusRef } from './enums/customer.ts';
import { REASON_LENGTH_MAX, readReason } from './reason.ts';

export const CUSTOMER = { name: 'Customer', field: 'customer', entity: 'customer', ref: CustomerRef } as const;

batchMutation<BatchInput & Pick<CreateCustomers, 'records'>>('createCustomers', {
  description: 'Creates customers. submitPayments can also create a customer together with its first payment.',
  input: builder.inputType('CreateCustomersInput', {
    description: 'Batch of customers to create.',
    fields: (t) => ({ records: recordsField(t, CreateCustomerInput), ...batchOptions(t) }),
  }),
  object: CUSTOMER,
  scope: 'write',
  records: ({ records }) => records,
  run: createCustomers,
});

batchMutation<BatchInput & Pick<UpdateCustomers, 'records'>>('updateCustomers', {
  description:
    'Changes customers. Running EFT payments use the new data; DebiCheck and registered mandates keep the data they were authorised with. `affected` lists both.',
  input: builder.inputType('UpdateCustomersInput', {
    description: 'Batch of changes to customers.',
    fields: (t) => ({ records: recordsField(t, UpdateCustomerInput), ...batchOptions(t) }),
  }),
  object: CUSTOMER,
  scope: 'write',
  records: ({ records }) => records,
  run: updateCustomers,
});

const REASON = `Reason recorded with the events of this call; at most ${REASON_LENGTH_MAX} characters.`;

interface Reasoned extends SelectionInput {
  readonly reason?: string | null | undefined;
}

batchMutation<Reasoned & { status: CustomerStatus; cancelMandates: boolean }>('setCustomerStatus', {
  description:
    'Enables, disables, archives or restores customers. A customer with running payments cannot be disabled or archived; the error lists these payments in `blockedBy`.',
  input: builder.inputType('SetCustomerStatusInput', {
    description: 'Customers and the status to set.',
    fields: (t) => ({
      ...selectionFields(t),
      status: t.field({
        type: CustomerStatusRef,
        required: true,
        description: 'Target status; ACTIVE enables a disabled customer and restores an archived one.',
      }),
      reason: t.string({ description: REASON }),
      cancelMandates: t.boolean({
        required: true,
        defaultValue: false,
        description:
          'Whether to cancel the open mandates of disabled or archived customers; they remain in force otherwise.',
      }),
    }),
  }),
  object: CUSTOMER,
  scope: 'write',
  records: selectedOf,
  run: (app, caller, input) => {
    const { status, cancelMandates } = input;
    const change = { ...readSelection(input), status, cancelMandates, reason: readReason(input.reason) };
    return setCustomerStatus(app, caller, change);
  },
});

batchMutation<Reasoned & { runningPayments?: 'PAUSE' | 'STOP' | null }>('blacklistCustomers', {
  description:
    'Blacklists customers. Nothing new can be created for them or for another customer with the same id number. Running payments are paused or stopped and their unsent debits are not sent; an open pay-in can still be paid. STOP also stops payments of customers already blacklisted.',
  input: builder.inputType('BlacklistCustomersInput', {
    description: 'Customers to blacklist, and the effect on their payments.',
    fields: (t) => ({
      ...selectionFields(t),
      reason: t.string({ description: REASON }),
      runningPayments: t.field({
        type: BlacklistedPaymentsRef,
        description: 'Effect on running payments; defaults to the setting `blacklistRunningPayments` of the merchant.',
      }),
    }),
  }),
  object: CUSTOMER,
  scope: 'write',
  records: selectedOf,
  run: (app, caller, input) => {
    const { runningPayments = null } = input;
    return blacklistCustomers(app, caller, {
      ...readSelection(input),
      runningPayments,
      reason: readReason(input.reason),
    });
  },
});

batchMutation<Reasoned>('unblacklistCustomers', {
  description:
    'Removes customers from the blacklist. Payments paused by it resume on their remaining dates, unless paused for another cause.',
  input: builder.inputType('UnblacklistCustomersInput', {
    description: 'Customers to remove from the blacklist.',
    fields: (t) => ({ ...selectionFields(t), reason: t.string({ description: REASON }) }),
  }),
  object: CUSTOMER,
  scope: 'write',
  records: selectedOf,
  run: (app, caller, input) =>
    unblacklistCustomers(app, caller, { ...readSelection(input), reason: readReason(input.reason) }),
});

batchMutation<Reasoned & { force: boolean }>('eraseCustomers', {
  description:
    'Erases the personal data of archived customers permanently (POPIA), including that of their bank accounts and cards and the reasons given by callers. Open mandates end; the ledger remains. Refused while transactions are open or disputed. An erased customer no longer counts for the blacklist.',
  input: builder.inputType('EraseCustomersInput', {
    description: 'Archived customers to be erased.',
    fields: (t) => ({
      ...selectionFields(t),
      reason: t.string({ description: REASON }),
      force: t.boolean({
        required: true,
        defaultValue: false,
        description: `Whether to erase customers with transactions younger than ${RETENTION_YEARS} years.`,
      }),
    }),
  }),
  object: CUSTOMER,
  scope: 'admin',
  records: selectedOf,
  run: (app, caller, input) =>
    eraseCustomers(app, caller, { ...readSelection(input), force: input.force, reason: readReason(input.reason) }),
});
