import { BATCH_RECORDS_MAX } from '../../domain/batch.ts';
import type { UpdatePaymentRecord } from '../../domain/payment/change.ts';
import { ATTEMPTS_MAX } from '../../domain/payment/retry.ts';
import type { PaymentStatus } from '../../domain/payment/state-machine.ts';
import { processDayMax } from '../../domain/schedule.ts';
import { type RetryPayments, retryPayments } from '../../services/payments/retry-payments.ts';
import { setPaymentStatus } from '../../services/payments/set-payment-status.ts';
import { type UpdatePayments, updatePayments } from '../../services/payments/update-payments.ts';
import { type BatchInput, batchMutation, batchOptions, recordsField } from '../batch/batch.ts';
import { clientKeyField, recordInput, targetFields } from '../batch/record-input.ts';
import { readSelection, type SelectionInput, selectedOf, selectionFields } from '../batch/selection.ts';
import { builder } from '../builder.ts';
import { PaymentStatusRef } from '../enums/payment.ts';
import { REASON_LENGTH_MAX, readReason } from '../reason.ts';
import { PAYMENT_OBJECT } from './payment-object.ts';

batchMutation<SelectionInput & { status: PaymentStatus; reason?: string | null }>('setPaymentStatus', {
  description:
    'Cancels payments; pauses, stops or resumes recurring payments. Stopping or cancelling also cancels transactions that were not sent; pausing holds them until their cut-off. The bank still answers transactions that were sent.',
  input: builder.inputType('SetPaymentStatusInput', {
    description: 'Payments and the status to set.',
    fields: (t) => ({
      ...selectionFields(t),
      status: t.field({
        type: PaymentStatusRef,
        required: true,
        description:
          'Target status: RUNNING, PAUSED, STOPPED or CANCELLED. One-time payments and pay-ins can only be CANCELLED.',
      }),
      reason: t.string({
        description: `Reason recorded with the events of this call; at most ${REASON_LENGTH_MAX} characters.`,
      }),
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
  description: 'Changes to the schedule of a recurring payment. Absent fields are left unchanged.',
  fields: (t) => ({
    dateStart: t.field({
      type: 'Date',
      description:
        'First day of the schedule (civil date in Johannesburg). Must not be in the past; cannot change once a transaction exists.',
    }),
    dateEnd: t.field({
      type: 'Date',
      description:
        'Last day of the schedule (civil date in Johannesburg); null removes the end, so that the payment runs until it is stopped.',
    }),
    processDay: t.int({
      description: `Day of the month, 1–${processDayMax('MONTHLY')}, or of the week, 1–${processDayMax('WEEKLY')} with Monday as 1, for WEEKLY and FORTNIGHTLY. A DebiCheck or registered mandate must allow date adjustment. Cannot change once a transaction exists.`,
    }),
  }),
});

const UpdatePaymentOneTimeInput = builder.inputType('UpdatePaymentOneTimeInput', {
  description: 'Changes to the date of a one-time payment.',
  fields: (t) => ({
    processDate: t.field({
      type: 'Date',
      description: 'Agreed date of collection (civil date in Johannesburg). Cannot change once a transaction exists.',
    }),
  }),
});

const UpdatePaymentInput = recordInput<UpdatePaymentRecord>('UpdatePaymentInput', {
  description:
    'Changes to one payment. Absent fields are left unchanged; null is accepted for `recurring.dateEnd` only.',
  fields: (t) => ({
    ...targetFields(t, 'payment'),
    amount: t.field({
      type: 'Money',
      description:
        'Amount of each collection, in rand; applies to transactions not yet created. Limited by the mandate and the payment method.',
    }),
    recurring: t.field({
      type: UpdatePaymentRecurringInput,
      description: 'New schedule; for recurring payments only.',
    }),
    oneTime: t.field({
      type: UpdatePaymentOneTimeInput,
      description: 'New collection date; for one-time payments only.',
    }),
  }),
});

batchMutation<BatchInput & Pick<UpdatePayments, 'records'>>('updatePayments', {
  description:
    'Changes the amount and dates of payments. A payment cannot be converted between one-time and recurring; customers, bank accounts and mandates have their own mutations.',
  input: builder.inputType('UpdatePaymentsInput', {
    description: 'Batch of changes to payments.',
    fields: (t) => ({ records: recordsField(t, UpdatePaymentInput), ...batchOptions(t) }),
  }),
  object: PAYMENT_OBJECT,
  scope: 'write',
  records: ({ records }) => records,
  run: updatePayments,
});

const RetryPaymentInput = recordInput<RetryPayments['records'][number]>('RetryPaymentInput', {
  description: 'A payment whose last debit failed and is to be retried.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Unique identifier of the payment, or of its last transaction.' }),
    on: t.field({
      type: 'Date',
      description:
        "Date of the retry (civil date in Johannesburg), moved by the method's date adjustment rule. Defaults to the earliest date for which the debit can still be sent.",
    }),
    expectedVersion: t.int({
      description: 'Version of the payment you last read; VERSION_CONFLICT is returned if it has changed.',
    }),
    clientKey: clientKeyField(t),
  }),
});

interface RetryInput extends BatchInput {
  readonly ids?: readonly string[] | null | undefined;
  readonly records?: RetryPayments['records'] | null | undefined;
}

batchMutation<RetryInput>('retryPayments', {
  description: `Retries failed EFT debits and card charges whose return code allows it. Each retry is a new transaction with the same nominal date and amount; at most ${ATTEMPTS_MAX} attempts in total, including the first.`,
  input: builder.inputType('RetryPaymentsInput', {
    description: 'Payments whose last debit is to be retried.',
    fields: (t) => ({
      ...selectionFields(t),
      records: t.field({
        type: [RetryPaymentInput],
        description: `Payments to retry, 1–${BATCH_RECORDS_MAX.toLocaleString('en')}; set exactly one of \`records\` and \`ids\`.`,
      }),
    }),
  }),
  object: PAYMENT_OBJECT,
  scope: 'payments:submit',
  records: selectedOf,
  run: (app, caller, input) => retryPayments(app, caller, readSelection(input)),
});
