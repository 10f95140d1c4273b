import { queryFromInfo } from '@pothos/plugin-prisma';
import { PAYMENTS } from '../../store/reading/description.ts';
import { findRow } from '../../store/reading/rows.ts';
import { BankAccountRef } from '../bank-account.ts';
import { builder, scoped } from '../builder.ts';
import { callerOf } from '../context.ts';
import { CustomerRef } from '../customer.ts';
import { PaymentIntervalRef, PaymentKindRef, PaymentOutcomeRef, PaymentStatusRef } from '../enums/payment.ts';
import { nestedConnection, pageArguments, rootConnection } from '../lists/connection.ts';
import { MandateRef } from '../mandates/mandate.ts';
import { findById, NodeRef } from '../node.ts';

const LISTED = { entity: 'payment', reading: PAYMENTS } as const;

const PaymentRecurringRef = builder
  .objectRef<{
    processDay: number;
    dateStart: Date;
    dateEnd: Date | null;
    interval: typeof PaymentIntervalRef.$inferType;
  }>('PaymentRecurring')
  .implement({
    description: 'When a recurring payment is collected.',
    fields: (t) => ({
      processDay: t.exposeInt('processDay', {
        description: "The day: the mandate's, or its own where that allows it.",
      }),
      interval: t.expose('interval', { type: PaymentIntervalRef, description: 'How often.' }),
      dateStart: t.expose('dateStart', { description: 'Nothing is collected before it.', type: 'Date' }),
      dateEnd: t.expose('dateEnd', { type: 'Date', nullable: true, description: 'null: until it is stopped.' }),
    }),
  });

const PaymentOneTimeRef = builder.objectRef<{ processDate: Date }>('PaymentOneTime').implement({
  description: 'When a one-time payment is collected.',
  fields: (t) => ({ processDate: t.expose('processDate', { description: 'The day.', type: 'Date' }) }),
});

export const PaymentPayInRef = builder
  .objectRef<{ id: string; eftReference: string; expiresAt: Date | null; amountCents: bigint; account: unknown }>(
    'PaymentPayIn',
  )
  .implement({
    description: 'What the payer of a pay-in quotes, and where to.',
    fields: (t) => ({
      eftReference: t.exposeString('eftReference', { description: 'The reference.' }),
      expiresAt: t.expose('expiresAt', {
        type: 'DateTime',
        nullable: true,
        description: 'Until when it waits; null: until it is paid or cancelled.',
      }),
    }),
  });

export const PaymentItemRef = builder.prismaObject('PaymentItem', {
  description: 'A line of the invoice that a payment collects.',
  select: {},
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Of the product.', nullable: true }),
    code: t.exposeString('code', { description: 'Of the product.', nullable: true }),
    description: t.exposeString('description', { description: 'Of the product.', nullable: true }),
    amount: t.field({
      description: 'What it costs.',
      type: 'Money',
      nullable: true,
      select: { amountCents: true },
      resolve: ({ amountCents }) => amountCents,
    }),
  }),
});

export const PaymentRef = builder.prismaObject('Payment', {
  description: 'One instruction to collect from a customer: once, repeatedly, or when the payer pays.',
  interfaces: [NodeRef],
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Its id; the prefix says what it is.' }),
    customer: t.relation('customer', { description: 'From whom is collected.' }),
    bankAccount: t.relation('bankAccount', { nullable: true, description: 'null for a pay-in and a card.' }),
    mandate: t.relation('mandate', { nullable: true, description: 'null for a pay-in and a card.' }),
    card: t.relation('card', { nullable: true, description: 'The card that is charged; null for other methods.' }),
    paymentMethod: t.relation('paymentMethod', { description: 'By which it is collected.' }),
    kind: t.expose('kind', { description: 'Once, repeatedly, or when the payer pays.', type: PaymentKindRef }),
    status: t.expose('status', { description: 'Where it is in its life.', type: PaymentStatusRef }),
    amount: t.field({
      description: 'What is collected each time.',
      type: 'Money',
      select: { amountCents: true },
      resolve: ({ amountCents }) => amountCents,
    }),
    batchReference: t.exposeString('batchReference', { nullable: true, description: 'Of the call that submitted it.' }),
    transactionReference: t.exposeString('transactionReference', { description: 'Unique. Yours, or made for you.' }),
    firstNominalDate: t.expose('firstNominalDate', {
      type: 'Date',
      description: 'The agreed day of its first collection; for a pay-in the day it was submitted.',
    }),
    recurring: t.field({
      description: 'null unless it is RECURRING.',
      type: PaymentRecurringRef,
      nullable: true,
      select: { processDay: true, dateStart: true, dateEnd: true, interval: true },
      resolve: ({ processDay, dateStart, dateEnd, interval }) =>
        processDay === null || dateStart === null || interval === null
          ? null
          : { processDay, dateStart, dateEnd, interval },
    }),
    oneTime: t.field({
      description: 'null unless it is ONE_TIME.',
      type: PaymentOneTimeRef,
      nullable: true,
      select: { processDate: true },
      resolve: ({ processDate }) => processDate && { processDate },
    }),
    payIn: t.field({
      description: 'null unless it is a PAY_IN.',
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
      description: 'The lines of the invoice, in order.',
      query: { orderBy: { position: 'asc' } },
      type: PaymentItemRef,
    }),
    outcome: t.expose('outcome', {
      type: PaymentOutcomeRef,
      nullable: true,
      description: 'REVERSED when what a COMPLETED payment collected was taken back.',
    }),
    failedAt: t.expose('failedAt', { description: 'When it failed, on your clock.', type: 'DateTime', nullable: true }),
    failedReason: t.exposeString('failedReason', {
      nullable: true,
      description: 'Why it was STOPPED, as "No such account".',
    }),
    createdAt: t.expose('createdAt', {
      description: 'When it was made: wall time, also on a merchant whose clock was moved.',
      type: 'DateTime',
    }),
    updatedAt: t.expose('updatedAt', { description: 'When it last changed: wall time.', type: 'DateTime' }),
    version: t.exposeInt('version', { description: 'Raised by one with every change.' }),
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

rootConnection('payments', 'Payment', PaymentRef, LISTED, 'Your payments.');

builder.queryFields((t) => ({
  payment: t.field({
    type: PaymentRef,
    nullable: true,
    description: 'A payment by id.',
    args: { id: t.arg.id({ required: true, description: 'Of the object.' }) },
    ...scoped('read'),
    resolve: (_root, { id }, context, info) => findById('payment', id, context, info),
  }),
  paymentByReference: t.field({
    type: PaymentRef,
    nullable: true,
    description: 'A payment by its transaction reference.',
    args: { transactionReference: t.arg.string({ description: 'Of the payment.', required: true }) },
    ...scoped('read'),
    resolve: (_root, { transactionReference }, context, info) => {
      const query = queryFromInfo({ context, info, select: { id: true } });
      return findRow(context.prisma, 'payment', query, callerOf(context).merchantId, {
        transactionReference,
      }) as Promise<never>;
    },
  }),
}));
