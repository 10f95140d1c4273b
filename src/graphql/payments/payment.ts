import { processDayMax } from '../../domain/schedule.ts';
import { EFT_REFERENCE_LENGTH_MAX, ITEMS_MAX, TRANSACTION_REFERENCE_MAX } from '../../domain/submit/plan-payment.ts';
import { PAYMENTS } from '../../store/reading/description.ts';
import { BankAccountRef } from '../bank-account.ts';
import { builder } from '../builder.ts';
import { CustomerRef } from '../customer.ts';
import { PaymentIntervalRef, PaymentKindRef, PaymentOutcomeRef, PaymentStatusRef } from '../enums/payment.ts';
import { EXTERNAL_ID } from '../external-id.ts';
import { nestedConnection, pageArguments, rootConnection } from '../lists/connection.ts';
import { MandateRef } from '../mandates/mandate.ts';
import { NodeRef, rootObject } from '../node.ts';

const LISTED = { entity: 'payment', reading: PAYMENTS } as const;

const PaymentRecurringRef = builder
  .objectRef<{
    processDay: number;
    dateStart: Date;
    dateEnd: Date | null;
    interval: typeof PaymentIntervalRef.$inferType;
  }>('PaymentRecurring')
  .implement({
    description: 'Schedule of a recurring payment.',
    fields: (t) => ({
      processDay: t.exposeInt('processDay', {
        description: `Day of the month, 1–${processDayMax('MONTHLY')} (the last day in a shorter month), or of the week, 1–${processDayMax('WEEKLY')} with Monday as 1, for WEEKLY and FORTNIGHTLY.`,
      }),
      interval: t.expose('interval', { type: PaymentIntervalRef, description: 'Interval between two collections.' }),
      dateStart: t.expose('dateStart', {
        description: 'First day of the schedule (civil date in Johannesburg).',
        type: 'Date',
      }),
      dateEnd: t.expose('dateEnd', {
        type: 'Date',
        nullable: true,
        description: 'Last day of the schedule (civil date in Johannesburg); null if it runs until it is stopped.',
      }),
    }),
  });

const PaymentOneTimeRef = builder.objectRef<{ processDate: Date }>('PaymentOneTime').implement({
  description: 'Date of a one-time payment.',
  fields: (t) => ({
    processDate: t.expose('processDate', {
      description: 'Agreed date of collection (civil date in Johannesburg).',
      type: 'Date',
    }),
  }),
});

export const PaymentPayInRef = builder
  .objectRef<{ id: string; eftReference: string; expiresAt: Date | null; amountCents: bigint; account: unknown }>(
    'PaymentPayIn',
  )
  .implement({
    description: 'Reference, receiving account and received amounts of a pay-in.',
    fields: (t) => ({
      eftReference: t.exposeString('eftReference', {
        description: `Reference that the payer must quote, at most ${EFT_REFERENCE_LENGTH_MAX} characters.`,
      }),
      expiresAt: t.expose('expiresAt', {
        type: 'DateTime',
        nullable: true,
        description:
          "Time at which the pay-in is cancelled if it is not paid (UTC, on the merchant's clock); null if it does not expire.",
      }),
    }),
  });

export const PaymentItemRef = builder.prismaObject('PaymentItem', {
  description: 'A line item of the invoice that a payment collects.',
  select: {},
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name of the product.', nullable: true }),
    code: t.exposeString('code', { description: 'Code of the product.', nullable: true }),
    description: t.exposeString('description', { description: 'Description of the product.', nullable: true }),
    amount: t.expose('amountCents', {
      description: 'Price of the line item, in rand; null if none was given.',
      type: 'Money',
      nullable: true,
    }),
  }),
});

export const PaymentRef = builder.prismaObject('Payment', {
  description:
    'An instruction to collect from a customer: once, on a recurring schedule, or as a pay-in made by the payer.',
  interfaces: [NodeRef],
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Unique identifier of the payment; starts with `pay_`.' }),
    customer: t.relation('customer', { description: 'Customer from whom the payment collects.' }),
    bankAccount: t.relation('bankAccount', {
      nullable: true,
      description: 'Bank account that is debited; null for pay-ins and card payments.',
    }),
    mandate: t.relation('mandate', {
      nullable: true,
      description: 'Mandate that authorises the debits; null for pay-ins and card payments.',
    }),
    card: t.relation('card', { nullable: true, description: 'Card that is charged; null for other payment methods.' }),
    paymentMethod: t.relation('paymentMethod', { description: 'Payment method used for the collections.' }),
    kind: t.expose('kind', { description: 'Kind of payment: one-time, recurring or pay-in.', type: PaymentKindRef }),
    status: t.expose('status', { description: 'Current status of the payment.', type: PaymentStatusRef }),
    amount: t.expose('amountCents', {
      description: 'Amount of each collection, in rand.',
      type: 'Money',
    }),
    externalId: t.exposeString('externalId', { description: EXTERNAL_ID, nullable: true }),
    batchReference: t.exposeString('batchReference', {
      nullable: true,
      description: 'Batch reference of the call that submitted the payment; null if none was given.',
    }),
    transactionReference: t.exposeString('transactionReference', {
      description: `Unique reference of the payment, yours or a generated one; at most ${TRANSACTION_REFERENCE_MAX} characters.`,
    }),
    firstNominalDate: t.expose('firstNominalDate', {
      type: 'Date',
      description: 'Agreed date of the first collection, or submission date of a pay-in (civil date in Johannesburg).',
    }),
    recurring: t.field({
      description: 'Schedule of a RECURRING payment; null for other kinds.',
      type: PaymentRecurringRef,
      nullable: true,
      select: { processDay: true, dateStart: true, dateEnd: true, interval: true },
      resolve: ({ processDay, dateStart, dateEnd, interval }) =>
        processDay === null || dateStart === null || interval === null
          ? null
          : { processDay, dateStart, dateEnd, interval },
    }),
    oneTime: t.field({
      description: 'Date of a ONE_TIME payment; null for other kinds.',
      type: PaymentOneTimeRef,
      nullable: true,
      select: { processDate: true },
      resolve: ({ processDate }) => processDate && { processDate },
    }),
    payIn: t.field({
      description: 'Details of a PAY_IN payment; null for other kinds.',
      type: PaymentPayInRef,
      nullable: true,
      select: {
        id: true,
        eftReference: true,
        expiresAt: true,
        amountCents: true,
        paymentMethod: { select: { payInAccount: true } },
      },
      resolve: ({ eftReference, paymentMethod, ...payment }) =>
        eftReference === null ? null : { ...payment, eftReference, account: paymentMethod.payInAccount },
    }),
    items: t.relation('items', {
      description: `Line items of the invoice, in the order submitted; at most ${ITEMS_MAX}.`,
      query: { orderBy: { position: 'asc' } },
      type: PaymentItemRef,
    }),
    outcome: t.expose('outcome', {
      type: PaymentOutcomeRef,
      nullable: true,
      description: 'REVERSED if money collected by a COMPLETED payment was taken back later; null otherwise.',
    }),
    failedAt: t.expose('failedAt', {
      description: "Time of the failure or expiry (UTC, on the merchant's clock); null if the payment has not failed.",
      type: 'DateTime',
      nullable: true,
    }),
    failedReason: t.exposeString('failedReason', {
      nullable: true,
      description: 'Human-readable reason of the failure, e.g. "No such account"; null if the payment has not failed.',
    }),
    createdAt: t.expose('createdAt', { description: 'Time of creation (UTC wall clock).', type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { description: 'Time of the last change (UTC wall clock).', type: 'DateTime' }),
    version: t.exposeInt('version', { description: 'Version number, incremented by one on every change.' }),
  }),
});

builder.prismaObjectField(CustomerRef, 'payments', (t) =>
  t.field({
    ...nestedConnection('payments', 'Payment', PaymentRef, LISTED, 'customerId'),
    args: pageArguments(t.arg, PAYMENTS),
  }),
);
builder.prismaObjectField(BankAccountRef, 'payments', (t) =>
  t.field({
    ...nestedConnection('payments', 'Payment', PaymentRef, LISTED, 'bankAccountId'),
    args: pageArguments(t.arg, PAYMENTS),
  }),
);
builder.prismaObjectField(MandateRef, 'payments', (t) =>
  t.field({
    ...nestedConnection('payments', 'Payment', PaymentRef, LISTED, 'mandateId'),
    args: pageArguments(t.arg, PAYMENTS),
  }),
);

rootConnection('payments', 'Payment', PaymentRef, LISTED, 'Lists the payments of the merchant.');

builder.queryFields((t) => ({
  payment: t.field({
    type: PaymentRef,
    nullable: true,
    description: 'Returns the payment with the given identifier; null if there is none.',
    args: { id: t.arg.id({ required: true, description: 'Unique identifier of the payment.' }) },
    ...rootObject('payment', 'id'),
  }),
  paymentByReference: t.field({
    type: PaymentRef,
    nullable: true,
    description: 'Returns the payment with the given transaction reference; null if there is none.',
    args: {
      transactionReference: t.arg.string({ description: 'Transaction reference of the payment.', required: true }),
    },
    ...rootObject('payment', 'transactionReference'),
  }),
}));
