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
import { readReason } from './reason.ts';

const CUSTOMER = { name: 'Customer', field: 'customer', entity: 'customer', ref: CustomerRef } as const;

batchMutation<BatchInput & Pick<CreateCustomers, 'records'>>('createCustomers', {
  description: 'Creates customers. To create one with its first payment, see submitPayments.',
  input: builder.inputType('CreateCustomersInput', {
    description: 'A batch of customers.',
    fields: (t) => ({ records: recordsField(t, CreateCustomerInput), ...batchOptions(t) }),
  }),
  object: CUSTOMER,
  scope: 'write',
  records: ({ records }) => records,
  run: createCustomers,
});

batchMutation<BatchInput & Pick<UpdateCustomers, 'records'>>('updateCustomers', {
  description:
    'Changes customers. Running EFT payments go on with what was changed; DebiCheck and registered mandates keep what they were authorised with, and `affected` says which.',
  input: builder.inputType('UpdateCustomersInput', {
    description: 'A batch of changes.',
    fields: (t) => ({ records: recordsField(t, UpdateCustomerInput), ...batchOptions(t) }),
  }),
  object: CUSTOMER,
  scope: 'write',
  records: ({ records }) => records,
  run: updateCustomers,
});

const REASON = 'Yours, shown with the events it causes. At most 256 characters.';

interface Reasoned extends SelectionInput {
  readonly reason?: string | null | undefined;
}

batchMutation<Reasoned & { status: CustomerStatus; cancelMandates: boolean }>('setCustomerStatus', {
  description:
    'Disables, archives, enables or restores customers. One with running payments can be neither disabled nor archived: `blockedBy` names them.',
  input: builder.inputType('SetCustomerStatusInput', {
    description: 'Customers and their new status.',
    fields: (t) => ({
      ...selectionFields(t),
      status: t.field({
        type: CustomerStatusRef,
        required: true,
        description: 'ACTIVE also restores an archived one.',
      }),
      reason: t.string({ description: REASON }),
      cancelMandates: t.boolean({
        required: true,
        defaultValue: false,
        description: 'Cancel their open mandates as well, which stay alive otherwise.',
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
    'Blacklists customers: nothing new is made for them, and for nobody with the same id number. What runs is paused or stopped, and what was not sent to the bank is not sent; a pay-in that waits may still be paid. With STOP, payments of those blacklisted already are stopped as well.',
  input: builder.inputType('BlacklistCustomersInput', {
    description: 'Customers to be blacklisted.',
    fields: (t) => ({
      ...selectionFields(t),
      reason: t.string({ description: REASON }),
      runningPayments: t.field({ type: BlacklistedPaymentsRef, description: 'As you have settled, when absent.' }),
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
    'Takes customers off the blacklist. Payments that were paused for it run again, on the dates that are left.',
  input: builder.inputType('UnblacklistCustomersInput', {
    description: 'Customers to be taken off the blacklist.',
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
    'Erases archived customers for good (POPIA): who they were is gone from them, their accounts, their cards and the reasons callers gave; open mandates end; the ledger stays. Who is erased is known no more, and so is on no blacklist.',
  input: builder.inputType('EraseCustomersInput', {
    description: 'Customers to be erased.',
    fields: (t) => ({
      ...selectionFields(t),
      reason: t.string({ description: REASON }),
      force: t.boolean({
        required: true,
        defaultValue: false,
        description: `Erase although there are transactions younger than ${RETENTION_YEARS} years.`,
      }),
    }),
  }),
  object: CUSTOMER,
  scope: 'admin',
  records: selectedOf,
  run: (app, caller, input) =>
    eraseCustomers(app, caller, { ...readSelection(input), force: input.force, reason: readReason(input.reason) }),
});
