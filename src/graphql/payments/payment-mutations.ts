import type { UpdatePaymentRecord } from '../../domain/payment/change.ts';
import { ATTEMPTS_MAX } from '../../domain/payment/retry.ts';
import type { PaymentStatus } from '../../domain/payment/state-machine.ts';
import { type RetryPayments, retryPayments } from '../../services/payments/retry-payments.ts';
import { setPaymentStatus } from '../../services/payments/set-payment-status.ts';
import { type UpdatePayments, updatePayments } from '../../services/payments/update-payments.ts';
import { type BatchInput, batchMutation, batchOptions, recordsField } from '../batch/batch.ts';
import { readSelection, type SelectionInput, selectedOf, selectionFields } from '../batch/selection.ts';
import { builder } from '../builder.ts';
import { PaymentStatusRef } from '../enums/payment.ts';
import { readReason } from '../reason.ts';
import { PAYMENT_OBJECT } from './payment-object.ts';

batchMutation<SelectionInput & { status: PaymentStatus; reason?: string | null }>('setPaymentStatus', {
  description:
    'Cancels payments; pauses, stops and runs recurring ones. What the bank has not been sent is not sent any more, what it has been is answered as ever.',
  input: builder.inputType('SetPaymentStatusInput', {
    description: 'Payments and their new status.',
    fields: (t) => ({
      ...selectionFields(t),
      status: t.field({
        type: PaymentStatusRef,
        required: true,
        description: 'RUNNING, PAUSED, STOPPED or CANCELLED. One-time payments and pay-ins can only be CANCELLED.',
      }),
      reason: t.string({ description: 'Yours, shown with the events it causes. At most 256 characters.' }),
    }),
  }),
  object: PAYMENT_OBJECT,
  scope: 'write',
  records: selectedOf,
  run: (app, caller, input) => {
    const { status, reason } = input;
    return setPaymentStatus(app, caller, { ...readSelection(input), status, reason: readReason(reason) });
  },
});

const UpdatePaymentRecurringInput = builder.inputType('UpdatePaymentRecurringInput', {
  description: 'When a recurring payment is collected from now on.',
  fields: (t) => ({
    dateStart: t.field({ type: 'Date', description: 'Not in the past; not once a transaction has been made.' }),
    dateEnd: t.field({ type: 'Date', description: 'null: until it is stopped.' }),
    processDay: t.int({ description: 'Where the mandate allows it; not once a transaction has been made.' }),
  }),
});

const UpdatePaymentOneTimeInput = builder.inputType('UpdatePaymentOneTimeInput', {
  description: 'When a one-time payment is collected.',
  fields: (t) => ({
    processDate: t.field({ type: 'Date', description: 'Not once a transaction has been made.' }),
  }),
});

const UpdatePaymentInput = builder.inputRef<UpdatePaymentRecord>('UpdatePaymentInput').implement({
  description: 'A change of a payment. What is absent is kept; null clears the end alone.',
  fields: (t) =>
    ({
      id: t.id({ required: true, description: 'Of the payment.' }),
      expectedVersion: t.int({ description: 'VERSION_CONFLICT when the payment has changed since.' }),
      clientKey: t.string({ description: 'Returned with the result.' }),
      amount: t.field({
        type: 'Money',
        description: 'Of the transactions that are not made yet. Under a mandate within what it allows.',
      }),
      recurring: t.field({ type: UpdatePaymentRecurringInput, description: 'Of a recurring payment.' }),
      oneTime: t.field({ type: UpdatePaymentOneTimeInput, description: 'Of a one-time payment.' }),
    }) as never,
});

batchMutation<BatchInput & Pick<UpdatePayments, 'records'>>('updatePayments', {
  description:
    'Changes payments. Customer, bank account and mandate have mutations of their own; a payment stays one-time or recurring.',
  input: builder.inputType('UpdatePaymentsInput', {
    description: 'A batch of changes.',
    fields: (t) => ({ records: recordsField(t, UpdatePaymentInput), ...batchOptions(t) }),
  }),
  object: PAYMENT_OBJECT,
  scope: 'write',
  records: ({ records }) => records,
  run: updatePayments,
});

const RetryPaymentInput = builder.inputRef<RetryPayments['records'][number]>('RetryPaymentInput').implement({
  description: 'A payment whose last debit failed.',
  fields: (t) =>
    ({
      id: t.id({ required: true, description: 'Of the payment, or of its last transaction.' }),
      on: t.field({ type: 'Date', description: 'The day; the earliest for which it can be sent, when absent.' }),
      expectedVersion: t.int({ description: 'VERSION_CONFLICT when the payment has changed since.' }),
      clientKey: t.string({ description: 'Returned with the result.' }),
    }) as never,
});

interface RetryInput extends BatchInput {
  readonly ids?: readonly string[] | null | undefined;
  readonly records?: RetryPayments['records'] | null | undefined;
}

batchMutation<RetryInput>('retryPayments', {
  description: `Tries EFT debits and card charges again that failed for a reason which may pass: another transaction of the same date and amount, at most ${ATTEMPTS_MAX} in all.`,
  input: builder.inputType('RetryPaymentsInput', {
    description: 'Payments to be tried again.',
    fields: (t) => ({
      ...selectionFields(t),
      records: t.field({ type: [RetryPaymentInput], description: '1 to 1,000 records. Either these, or ids.' }),
    }),
  }),
  object: PAYMENT_OBJECT,
  scope: 'payments:submit',
  records: selectedOf,
  run: (app, caller, input) => retryPayments(app, caller, readSelection(input)),
});
