import { queryFromInfo } from '@pothos/plugin-prisma';
import { submitPayments } from '../services/submit-payments.ts';
import { findRows } from '../store/reading/rows.ts';
import { acceptAnswer, batchPayload, cursorBefore, refuseBatch } from './batch.ts';
import { builder, scoped } from './builder.ts';
import { callerOf } from './context.ts';
import {
  BankAccountTypeRef,
  BankRef,
  BatchModeRef,
  IdTypeRef,
  PaymentIndustryRef,
  PaymentIntervalRef,
} from './enums.ts';
import { PaymentRef } from './payment.ts';
import { requestError } from './request-error.ts';
import { selectedFields } from './selected-fields.ts';

const BATCH_REFERENCE_LENGTH_MAX = 128;

const CustomerInput = builder.inputType('CustomerInput', {
  description: 'A customer to be made: a company name, or a name and a surname.',
  fields: (t) => ({
    reference: t.string({ description: 'Required. Your own, unique. At most 35 characters.' }),
    companyName: t.string({ description: 'At most 64 characters.' }),
    personName: t.string({ description: 'At most 32 characters.' }),
    personSurname: t.string({ description: 'At most 32 characters.' }),
    idType: t.field({ type: IdTypeRef, description: 'Together with idNumber.' }),
    idNumber: t.string({ description: 'At most 14 letters, digits and slashes. Stored encrypted.' }),
    email: t.string({ description: 'Required. At most 128 characters.' }),
    contactNumber: t.string({ description: 'E.164, or a South African number with its leading zero.' }),
    billingAddressLine1: t.string({ description: 'At most 128 characters.' }),
    billingAddressLine2: t.string({ description: 'At most 128 characters.' }),
    billingCityOrTown: t.string({ description: 'At most 64 characters.' }),
    billingPostalCode: t.field({
      type: 'Digits',
      description: 'At most 10 characters; up to four digits are padded to four.',
    }),
  }),
});

const BankAccountInput = builder.inputType('BankAccountInput', {
  description: "A bank account to be made, the customer's.",
  fields: (t) => ({
    accountHolderName: t.string({ description: 'Required. At most 30 characters.' }),
    accountNumber: t.string({ description: 'Required. At most 17 digits. Stored encrypted.' }),
    accountType: t.field({ type: BankAccountTypeRef, description: 'Required.' }),
    bank: t.field({ type: BankRef, description: 'Required.' }),
    branchCode: t.field({ type: 'Digits', description: "Six digits. The bank's universal code when absent." }),
    isBusinessAccount: t.boolean({ description: 'As the customer is, when absent.' }),
  }),
});

const MandateInput = builder.inputType('MandateInput', {
  description: 'A mandate to be made. Exactly one of recurring and oneTime.',
  fields: (t) => ({
    amount: t.field({ type: 'Money', description: 'Required. More than zero.' }),
    reference: t.string({ description: 'Your own. At most 35 characters.' }),
    contractReference: t.string({ description: 'Unique. At most 14 characters.' }),
    paymentIndustry: t.field({ type: PaymentIndustryRef, description: "The payment method's when absent." }),
    recurring: t.field({ type: MandateRecurringInput }),
    oneTime: t.field({ type: MandateOneTimeInput }),
  }),
});

const MandateRecurringInput = builder.inputType('MandateRecurringInput', {
  description: 'When a recurring mandate is collected.',
  fields: (t) => ({
    processDay: t.int({ description: 'Required. 1 to 31; for WEEKLY and FORTNIGHTLY 1 to 7, Monday 1.' }),
    interval: t.field({ type: PaymentIntervalRef, description: 'MONTHLY when absent.' }),
    dateRelease: t.field({ type: 'Date', description: 'When the mandate ends.' }),
  }),
});

const MandateOneTimeInput = builder.inputType('MandateOneTimeInput', {
  description: 'When a one-time mandate is collected.',
  fields: (t) => ({ processDate: t.field({ type: 'Date', description: 'Required.' }) }),
});

const PaymentRecurringInput = builder.inputType('PaymentRecurringInput', {
  description: 'When a recurring payment is collected. It needs a recurring mandate.',
  fields: (t) => ({
    processDay: t.int({ description: "The mandate's when absent." }),
    dateStart: t.field({ type: 'Date', description: 'Required. Not in the past.' }),
    dateEnd: t.field({ type: 'Date', description: 'Until it is stopped, when absent.' }),
  }),
});

const PaymentOneTimeInput = builder.inputType('PaymentOneTimeInput', {
  description: 'When a one-time payment is collected.',
  fields: (t) => ({
    processDate: t.field({
      type: 'Date',
      description: 'Required. It must still be possible to send it two business days before.',
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
  }),
});

const PaymentItemInput = builder.inputType('PaymentItemInput', {
  description: 'A line of the invoice.',
  fields: (t) => ({
    name: t.string({ description: 'At most 128 characters.' }),
    code: t.string({ description: 'At most 32 characters.' }),
    description: t.string({ description: 'At most 256 characters.' }),
    amount: t.field({ type: 'Money' }),
  }),
});

const SubmitPaymentInput = builder.inputType('SubmitPaymentInput', {
  description: 'One payment. Exactly one of each id and object; bank account and mandate for debit orders only.',
  fields: (t) => ({
    clientKey: t.string({ description: 'Returned with the result.' }),
    paymentMethodId: t.id({ required: true }),
    customerId: t.id(),
    customer: t.field({ type: CustomerInput }),
    bankAccountId: t.id(),
    bankAccount: t.field({ type: BankAccountInput }),
    mandateId: t.id(),
    mandate: t.field({ type: MandateInput }),
    transactionReference: t.string({
      description: 'Unique. At most 32 characters, 28 when recurring. Made for you when absent.',
    }),
    amount: t.field({ type: 'Money', description: "The mandate's when absent; required for a pay-in." }),
    recurring: t.field({ type: PaymentRecurringInput }),
    oneTime: t.field({ type: PaymentOneTimeInput }),
    payIn: t.field({ type: PayInInput }),
    items: t.field({ type: [PaymentItemInput], description: 'At most 100.' }),
  }),
});

const SubmitPaymentsInput = builder.inputType('SubmitPaymentsInput', {
  description: 'A batch of payments, 1 to 1,000.',
  fields: (t) => ({
    records: t.field({ type: [SubmitPaymentInput], required: true }),
    batchReference: t.string({
      description: 'Yours, shown on the payments and their transactions. At most 128 characters.',
    }),
    mode: t.field({ type: BatchModeRef, required: true, defaultValue: 'ATOMIC' }),
    dryRun: t.boolean({ required: true, defaultValue: false, description: 'Check everything, write nothing.' }),
    idempotencyKey: t.string({
      description: 'At most 255 characters, kept 30 days: a repeat answers what the first call did.',
    }),
  }),
});

builder.mutationField('submitPayments', (t) =>
  t.field({
    type: batchPayload('SubmitPayments', 'Payment', 'payment', PaymentRef),
    description: 'Submits payments, with the customers, bank accounts and mandates they bring along.',
    args: { input: t.arg({ type: SubmitPaymentsInput, required: true }) },
    ...scoped('payments:submit'),
    resolve: async (_root, { input }, context, info) => {
      refuseBatch(input.records, input.idempotencyKey);
      const { batchReference = null, idempotencyKey = null } = input;
      if ((batchReference?.length ?? 0) > BATCH_REFERENCE_LENGTH_MAX) {
        throw requestError('BAD_REQUEST', `At most ${BATCH_REFERENCE_LENGTH_MAX} characters.`, [['batchReference']]);
      }
      const caller = callerOf(context);
      const streamCursor = await cursorBefore(context, selectedFields(info).has('streamCursor'));
      const batch = { ...input, batchReference, idempotencyKey };
      const answer = acceptAnswer(await submitPayments(context.gateway.app, caller, batch));
      const query = queryFromInfo({ context, info, select: { id: true }, path: ['results', 'payment'] });
      const ids = answer.results.flatMap(({ objectId }) => objectId ?? []);
      const rows = ids.length > 0 ? await findRows(context.prisma, 'payment', query, caller.merchantId, ids) : [];
      return { ...answer, objects: new Map(rows.map((row) => [row.id, row])), respondedAt: new Date(), streamCursor };
    },
  }),
);
