import type { UserError } from '../../domain/errors.ts';
import { parseText } from '../../domain/fields.ts';
import { type SubmitPayments, submitPayments } from '../../services/payments/submit-payments.ts';
import { BankAccountInput } from '../bank-account-input.ts';
import { type BatchInput, batchMutation, batchOptions, recordsField } from '../batch/batch.ts';
import { builder } from '../builder.ts';
import { CustomerInput } from '../customer-input.ts';
import { PaymentIntervalRef } from '../enums/payment.ts';
import { MandateInput } from '../mandates/mandate-input.ts';
import { requestError } from '../pipeline/request-error.ts';
import { PAYMENT_OBJECT } from './payment-object.ts';

const BATCH_REFERENCE_LENGTH_MAX = 128;

const PaymentRecurringInput = builder.inputType('PaymentRecurringInput', {
  description: 'When a recurring payment is collected. A debit order needs a recurring mandate.',
  fields: (t) => ({
    processDay: t.int({ description: "The mandate's when absent; required of a card." }),
    interval: t.field({
      type: PaymentIntervalRef,
      description: 'For a card alone, which has no mandate to say it: MONTHLY when absent.',
    }),
    dateStart: t.field({ type: 'Date', description: 'Required. Not in the past.' }),
    dateEnd: t.field({ type: 'Date', description: 'Until it is stopped, when absent.' }),
  }),
});

const PaymentOneTimeInput = builder.inputType('PaymentOneTimeInput', {
  description: 'When a one-time payment is collected.',
  fields: (t) => ({
    processDate: t.field({
      type: 'Date',
      description:
        'Required. It must still be possible to send it: EFT two business days before, DebiCheck and registered mandates one; a card is charged on the day.',
    }),
  }),
});

const PayInInput = builder.inputType('PayInInput', {
  description: 'What the payer of a pay-in quotes.',
  fields: (t) => ({
    eftReference: t.string({
      description:
        'At most 20 characters, unique while it waits; case, spaces and punctuation do not count. Made for you when absent.',
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'Until when it waits, on your clock: then it is CANCELLED. For ever, when absent.',
    }),
  }),
});

const CardInput = builder.inputType('CardInput', {
  description: 'The card that is charged.',
  fields: (t) => ({
    token: t.string({
      description:
        'Required. At most 256 characters. One that the customer has not yet is kept for the customer; never the number of the card.',
    }),
  }),
});

const PaymentItemInput = builder.inputType('PaymentItemInput', {
  description: 'A line of the invoice.',
  fields: (t) => ({
    name: t.string({ description: 'At most 128 characters.' }),
    code: t.string({ description: 'At most 32 characters.' }),
    description: t.string({ description: 'At most 256 characters.' }),
    amount: t.field({ description: 'What it costs; zero is allowed.', type: 'Money' }),
  }),
});

export const SubmitPaymentInput = builder.inputType('SubmitPaymentInput', {
  description: 'One payment. Exactly one of each id and object; bank account and mandate for debit orders only.',
  fields: (t) => ({
    clientKey: t.string({ description: 'Returned with the result.' }),
    paymentMethodId: t.id({ description: 'By which it is collected.', required: true }),
    customerId: t.id({ description: 'Either this, or customer.' }),
    customer: t.field({ description: 'One to be made; either this, or customerId.', type: CustomerInput }),
    bankAccountId: t.id({ description: "Either this, or bankAccount; the customer's." }),
    bankAccount: t.field({ description: 'One to be made; either this, or bankAccountId.', type: BankAccountInput }),
    mandateId: t.id({ description: 'Either this, or mandate; for the bank account.' }),
    mandate: t.field({ description: 'One to be made; either this, or mandateId.', type: MandateInput }),
    transactionReference: t.string({
      description: 'Unique. At most 32 characters, 28 when recurring. Made for you when absent.',
    }),
    amount: t.field({
      type: 'Money',
      description:
        "The mandate's when absent. For a pay-in and a card required, unless every item has an amount: then it is what they come to.",
    }),
    recurring: t.field({ description: 'To collect repeatedly; either this, or oneTime.', type: PaymentRecurringInput }),
    oneTime: t.field({ description: 'To collect once; either this, or recurring.', type: PaymentOneTimeInput }),
    payIn: t.field({ description: 'For a pay-in.', type: PayInInput }),
    card: t.field({
      description: 'For a card. With neither recurring nor oneTime it is charged now.',
      type: CardInput,
    }),
    items: t.field({ type: [PaymentItemInput], description: 'At most 100.' }),
  }),
});

batchMutation<BatchInput & Pick<SubmitPayments, 'records'> & { batchReference?: string | null }>('submitPayments', {
  description: 'Submits payments, with the customers, bank accounts and mandates they bring along.',
  input: builder.inputType('SubmitPaymentsInput', {
    description: 'A batch of payments.',
    fields: (t) => ({
      records: recordsField(t, SubmitPaymentInput),
      batchReference: t.string({
        description: `Yours, shown on the payments and their transactions. At most ${BATCH_REFERENCE_LENGTH_MAX} characters.`,
      }),
      ...batchOptions(t),
    }),
  }),
  object: PAYMENT_OBJECT,
  scope: 'payments:submit',
  records: ({ records }) => records,
  run: (app, caller, { batchReference = null, ...input }) => {
    return submitPayments(app, caller, { ...input, batchReference: readBatchReference(batchReference) });
  },
});

/** Kept as it is written. Throws BAD_REQUEST. */
function readBatchReference(given: string | null): string | null {
  if (given === null) return null;
  const errors: UserError[] = [];
  parseText(given, { max: BATCH_REFERENCE_LENGTH_MAX, isReference: true }, ['batchReference'], errors);
  const [error] = errors;
  if (error) throw requestError('BAD_REQUEST', error.message, [['batchReference']]);
  return given;
}
