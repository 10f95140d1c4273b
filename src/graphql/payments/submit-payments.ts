import { CARD_TOKEN_LENGTH_MAX } from '../../domain/card.ts';
import { parseText } from '../../domain/fields.ts';
import { Findings } from '../../domain/findings.ts';
import { LEADS, processDayMax } from '../../domain/schedule.ts';
import {
  EFT_REFERENCE_LENGTH_MAX,
  ITEM_CODE_LENGTH_MAX,
  ITEM_DESCRIPTION_LENGTH_MAX,
  ITEM_NAME_LENGTH_MAX,
  ITEMS_MAX,
  RECURRING_REFERENCE_MAX,
  TRANSACTION_REFERENCE_MAX,
} from '../../domain/submit/plan-payment.ts';
import { type SubmitPayments, submitPayments } from '../../services/payments/submit-payments.ts';
import { BankAccountInput } from '../bank-account-input.ts';
import { type BatchInput, batchMutation, batchOptions, recordsField } from '../batch/batch.ts';
import { clientKeyField } from '../batch/record-input.ts';
import { builder } from '../builder.ts';
import { CustomerInput } from '../customer-input.ts';
import { PaymentIntervalRef } from '../enums/payment.ts';
import { externalIdField } from '../external-id.ts';
import { MandateInput } from '../mandates/mandate-input.ts';
import { requestError } from '../pipeline/request-error.ts';
import { PAYMENT_OBJECT } from './payment-object.ts';

const BATCH_REFERENCE_LENGTH_MAX = 128;
const PaymentRecurringInput = builder.inputType('PaymentRecurringInput', {
  description: 'Schedule of a recurring payment. A debit order requires a recurring mandate.',
  fields: (t) => ({
    processDay: t.int({
      description: `Day of the month, 1–${processDayMax('MONTHLY')} (the last day in a shorter month), or of the week, 1–${processDayMax('WEEKLY')} with Monday as 1, for WEEKLY and FORTNIGHTLY. Defaults to the day of the mandate; required for a card.`,
    }),
    interval: t.field({
      type: PaymentIntervalRef,
      description:
        'Interval between two charges of a card; defaults to MONTHLY. Refused for debit orders, which use the interval of the mandate.',
    }),
    dateStart: t.field({
      type: 'Date',
      description: 'Required. First day of the schedule (civil date in Johannesburg); must not be in the past.',
    }),
    dateEnd: t.field({
      type: 'Date',
      description:
        'Last day of the schedule (civil date in Johannesburg). If absent, the payment runs until it is stopped.',
    }),
  }),
});

const PaymentOneTimeInput = builder.inputType('PaymentOneTimeInput', {
  description: 'Date of a one-time payment.',
  fields: (t) => ({
    processDate: t.field({
      type: 'Date',
      description: `Required. Agreed date of collection (civil date in Johannesburg). The cut-off must not have passed: ${LEADS.EFT.cutOff} in Johannesburg, ${LEADS.EFT.businessDays} business days before the action date for EFT; ${LEADS.AUTHORISED.cutOff}, ${LEADS.AUTHORISED.businessDays} business day before for DebiCheck and registered mandates. A card is charged on the day.`,
    }),
  }),
});

const PayInInput = builder.inputType('PayInInput', {
  description: 'Reference and expiry of a pay-in.',
  fields: (t) => ({
    eftReference: t.string({
      description: `Reference that the payer must quote, at most ${EFT_REFERENCE_LENGTH_MAX} characters, unique among open pay-ins; case, spaces and punctuation are ignored. Generated if absent.`,
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description:
        "Time at which the pay-in is CANCELLED if it is not paid (UTC, on the merchant's clock). If absent, it does not expire.",
    }),
  }),
});

export const CardInput = builder.inputType('CardInput', {
  description: 'The card to be charged.',
  fields: (t) => ({
    token: t.string({
      description: `Required. Token of the card at its provider, at most ${CARD_TOKEN_LENGTH_MAX} characters; never the card number. A token unknown for the customer is stored as a new card.`,
    }),
  }),
});

export const PaymentItemInput = builder.inputType('PaymentItemInput', {
  description: 'A line item of the invoice; at least one field is required.',
  fields: (t) => ({
    name: t.string({ description: `Name of the product, at most ${ITEM_NAME_LENGTH_MAX} characters.` }),
    code: t.string({ description: `Code of the product, at most ${ITEM_CODE_LENGTH_MAX} characters.` }),
    description: t.string({
      description: `Description of the product, at most ${ITEM_DESCRIPTION_LENGTH_MAX} characters.`,
    }),
    amount: t.field({ description: 'Price of the line item, in rand; zero is allowed.', type: 'Money' }),
  }),
});

export const SubmitPaymentInput = builder.inputType('SubmitPaymentInput', {
  description:
    'One payment to submit. Existing objects are named by id, new ones are given as objects and created with the payment.',
  fields: (t) => ({
    clientKey: clientKeyField(t),
    paymentMethodId: t.id({ description: 'Payment method used for the collections.', required: true }),
    customerId: t.id({
      description: 'Unique identifier of an existing customer; set exactly one of `customerId` and `customer`.',
    }),
    customer: t.field({
      description: 'A new customer; set exactly one of `customer` and `customerId`.',
      type: CustomerInput,
    }),
    bankAccountId: t.id({
      description:
        'Unique identifier of a bank account of the customer. Debit orders require exactly one of `bankAccountId` and `bankAccount`; other methods refuse both.',
    }),
    bankAccount: t.field({
      description: 'A new bank account of the customer; alternative to `bankAccountId`.',
      type: BankAccountInput,
    }),
    mandateId: t.id({
      description:
        'Unique identifier of a mandate for the bank account. Debit orders require exactly one of `mandateId` and `mandate`; other methods refuse both.',
    }),
    mandate: t.field({
      description: 'A new mandate for the bank account; alternative to `mandateId`.',
      type: MandateInput,
    }),
    externalId: externalIdField(t),
    transactionReference: t.string({
      description: `Your unique reference of the payment, at most ${TRANSACTION_REFERENCE_MAX} characters; at most ${RECURRING_REFERENCE_MAX} for a recurring payment, whose transactions append a number to it. Generated if absent.`,
    }),
    amount: t.field({
      type: 'Money',
      description:
        'Amount of each collection, in rand. Debit orders default to the amount of the mandate. Cards and pay-ins require it unless every item has an amount; it then defaults to their sum.',
    }),
    recurring: t.field({
      description: 'Schedule of a recurring payment. Debit orders require exactly one of `recurring` and `oneTime`.',
      type: PaymentRecurringInput,
    }),
    oneTime: t.field({
      description: 'Date of a one-time payment; alternative to `recurring`.',
      type: PaymentOneTimeInput,
    }),
    payIn: t.field({ description: 'Options of a pay-in; other methods refuse it.', type: PayInInput }),
    card: t.field({
      description:
        'Card to charge; required for card methods. Without `recurring` and `oneTime` it is charged immediately.',
      type: CardInput,
    }),
    items: t.field({
      type: [PaymentItemInput],
      description: `Line items of the invoice, in order; at most ${ITEMS_MAX}.`,
    }),
  }),
});

batchMutation<BatchInput & Pick<SubmitPayments, 'records'> & { batchReference?: string | null }>('submitPayments', {
  description:
    'Submits payments and creates the new customers, bank accounts and mandates they contain, in one database transaction.',
  input: builder.inputType('SubmitPaymentsInput', {
    description: 'Batch of payments to submit.',
    fields: (t) => ({
      records: recordsField(t, SubmitPaymentInput),
      batchReference: t.string({
        description: `Your reference of the batch, shown on its payments and their transactions; at most ${BATCH_REFERENCE_LENGTH_MAX} characters.`,
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

/** Returns the batch reference as given, without trimming it. Throws BAD_REQUEST if it is invalid. */
function readBatchReference(given: string | null): string | null {
  if (given === null) return null;
  const findings = new Findings(['batchReference']);
  parseText(given, { max: BATCH_REFERENCE_LENGTH_MAX, isReference: true }, findings);
  const [error] = findings.errors;
  if (error) throw requestError('BAD_REQUEST', error.message, [['batchReference']]);
  return given;
}
