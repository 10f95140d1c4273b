import { UNPAID_CODES } from '../domain/unpaid-codes.ts';
import { TRANSACTIONS } from '../store/reading/description.ts';
import { builder, scoped } from './builder.ts';
import { nestedConnection, pageArguments, rootConnection } from './connection.ts';
import { CustomerRef } from './customer.ts';
import { TransactionKindRef, TransactionStatusRef } from './enums.ts';
import { MandateRef } from './mandate.ts';
import { findById, NodeRef } from './node.ts';
import { PaymentRef } from './payment.ts';

const LISTED = { entity: 'transaction', reading: TRANSACTIONS } as const;

const SubmissionRef = builder.prismaObject('Submission', {
  description: 'One sending of a transaction to the bank.',
  select: {},
  fields: (t) => ({
    reference: t.exposeString('reference', { description: 'Ours: the bank knows the sending by it.' }),
    attempt: t.exposeInt('attempt'),
    submittedAt: t.expose('submittedAt', { type: 'DateTime' }),
    acknowledgedAt: t.expose('acknowledgedAt', { type: 'DateTime', nullable: true }),
  }),
});

export const TransactionRef = builder.prismaObject('Transaction', {
  description: 'One debit of a payment, on one date; or the waiting for one pay-in.',
  interfaces: [NodeRef],
  select: {},
  fields: (t) => ({
    id: t.exposeID('id'),
    payment: t.relation('payment'),
    customer: t.relation('customer'),
    bankAccount: t.relation('bankAccount', { nullable: true }),
    mandate: t.relation('mandate', { nullable: true }),
    paymentMethod: t.relation('paymentMethod'),
    kind: t.expose('kind', { type: TransactionKindRef }),
    status: t.expose('status', { type: TransactionStatusRef }),
    nominalDate: t.expose('nominalDate', { type: 'Date', description: 'The agreed day.' }),
    actionDate: t.expose('actionDate', {
      type: 'Date',
      description: 'The day it is made, moved off weekends and holidays by the method.',
    }),
    attempt: t.exposeInt('attempt'),
    amount: t.field({ type: 'Money', select: { amountCents: true }, resolve: ({ amountCents }) => amountCents }),
    transactionReference: t.exposeString('transactionReference'),
    batchReference: t.exposeString('batchReference', { nullable: true }),
    providerReference: t.exposeString('providerReference', { nullable: true }),
    unpaidCode: t.exposeString('unpaidCode', { nullable: true, description: "The bank's return code." }),
    unpaidReason: t.string({
      nullable: true,
      description: 'What the return code means.',
      select: { unpaidCode: true },
      resolve: ({ unpaidCode }) => (unpaidCode === null ? null : (UNPAID_CODES[unpaidCode] ?? null)),
    }),
    submissions: t.relation('submissions', { query: { orderBy: { attempt: 'asc' } }, type: SubmissionRef }),
    chargedAt: t.expose('chargedAt', { type: 'DateTime', nullable: true }),
    statusChangedAt: t.expose('statusChangedAt', { type: 'DateTime' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
    version: t.exposeInt('version', { description: 'Raised by one with every change.' }),
  }),
});

builder.prismaObjectField(PaymentRef, 'transactions', (t) =>
  t.field({
    ...nestedConnection('transactions', 'Transaction', TransactionRef, LISTED, 'paymentId'),
    args: pageArguments(t.arg, TRANSACTIONS),
  }),
);
builder.prismaObjectField(MandateRef, 'transactions', (t) =>
  t.field({
    ...nestedConnection('transactions', 'Transaction', TransactionRef, LISTED, 'mandateId'),
    args: pageArguments(t.arg, TRANSACTIONS),
  }),
);
builder.prismaObjectField(CustomerRef, 'transactions', (t) =>
  t.field({
    ...nestedConnection('transactions', 'Transaction', TransactionRef, LISTED, 'customerId'),
    args: pageArguments(t.arg, TRANSACTIONS),
  }),
);

rootConnection('transactions', 'Transaction', TransactionRef, LISTED, 'Your transactions.');

builder.queryField('transaction', (t) =>
  t.field({
    type: TransactionRef,
    nullable: true,
    description: 'A transaction by id.',
    args: { id: t.arg.id({ required: true }) },
    ...scoped('read'),
    resolve: (_root, { id }, context, info) => findById('transaction', id, context, info),
  }),
);
