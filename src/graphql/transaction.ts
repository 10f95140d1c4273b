import { queryable } from '../store/connection/database.ts';
import { TRANSACTIONS } from '../store/reading/description.ts';
import { findTransactionId } from '../store/transactions/find-by-reference.ts';
import { builder, scoped } from './builder.ts';
import { callerOf } from './context.ts';
import { CustomerRef } from './customer.ts';
import { TransactionKindRef, TransactionStatusRef } from './enums/payment.ts';
import { nestedConnection, pageArguments, rootConnection } from './lists/connection.ts';
import { MandateRef } from './mandates/mandate.ts';
import { findById, NodeRef } from './node.ts';
import { PaymentItemRef, PaymentRef } from './payments/payment.ts';

const LISTED = { entity: 'transaction', reading: TRANSACTIONS } as const;

const SubmissionRef = builder.prismaObject('Submission', {
  description: 'One sending of a transaction to the bank; of a pay-in, one deposit.',
  select: {},
  fields: (t) => ({
    reference: t.exposeString('reference', { description: 'Ours: the bank knows the sending by it.' }),
    attempt: t.exposeInt('attempt', { description: '1 for the first sending.' }),
    amount: t.field({
      type: 'Money',
      nullable: true,
      description: 'Of a deposit for a pay-in; null for the sending of a debit, which is of the whole.',
      select: { amountCents: true },
      resolve: ({ amountCents }) => amountCents,
    }),
    submittedAt: t.expose('submittedAt', {
      description: 'When it was recorded to be sent, on your clock.',
      type: 'DateTime',
    }),
    acknowledgedAt: t.expose('acknowledgedAt', {
      description: 'When the bank had it, on your clock; null: not that we know.',
      type: 'DateTime',
      nullable: true,
    }),
  }),
});

export const TransactionRef = builder.prismaObject('Transaction', {
  description: 'One debit of a payment, on one date; or the waiting for one pay-in.',
  interfaces: [NodeRef],
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Its id; the prefix says what it is.' }),
    payment: t.relation('payment', { description: 'Of which it is.' }),
    customer: t.relation('customer', { description: 'From whom is collected.' }),
    bankAccount: t.relation('bankAccount', {
      description: 'The account that is debited; null for a pay-in.',
      nullable: true,
    }),
    mandate: t.relation('mandate', { description: 'The authority for it; null for a pay-in.', nullable: true }),
    paymentMethod: t.relation('paymentMethod', { description: 'By which it is collected.' }),
    kind: t.expose('kind', {
      description: 'The first collection of a mandate, or a regular one.',
      type: TransactionKindRef,
    }),
    status: t.expose('status', { description: 'Where it is in its life.', type: TransactionStatusRef }),
    nominalDate: t.expose('nominalDate', { type: 'Date', description: 'The agreed day.' }),
    actionDate: t.expose('actionDate', {
      type: 'Date',
      description: 'The day it is made, moved off weekends and holidays by the method.',
    }),
    attempt: t.exposeInt('attempt', { description: '1 for the first; a retry is another transaction.' }),
    amount: t.field({
      description: 'What is collected.',
      type: 'Money',
      select: { amountCents: true },
      resolve: ({ amountCents }) => amountCents,
    }),
    transactionReference: t.exposeString('transactionReference', {
      description: "The payment's; of a recurring payment with a number for each collection.",
    }),
    batchReference: t.exposeString('batchReference', {
      description: 'Of the call that submitted its payment.',
      nullable: true,
    }),
    providerReference: t.exposeString('providerReference', {
      description: "The bank's own, from its first answer on.",
      nullable: true,
    }),
    items: t.field({
      type: [PaymentItemRef],
      description: "The lines of the invoice that it collects: its payment's, in order.",
      select: (_args, _context, nestedSelection) => ({
        payment: { select: { items: nestedSelection({ orderBy: { position: 'asc' } }) } },
      }),
      resolve: ({ payment }) => payment.items,
    }),
    submissions: t.relation('submissions', {
      description: 'Its sendings to the bank, in order.',
      query: { orderBy: { attempt: 'asc' } },
      type: SubmissionRef,
    }),
    chargedAt: t.expose('chargedAt', {
      description: 'When the money moved; null unless it did.',
      type: 'DateTime',
      nullable: true,
    }),
    statusChangedAt: t.expose('statusChangedAt', {
      description: 'When it came to its status, on your clock.',
      type: 'DateTime',
    }),
    createdAt: t.expose('createdAt', {
      description: 'When it was made: wall time, also on a merchant whose clock was moved.',
      type: 'DateTime',
    }),
    updatedAt: t.expose('updatedAt', { description: 'When it last changed: wall time.', type: 'DateTime' }),
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

builder.queryFields((t) => ({
  transaction: t.field({
    type: TransactionRef,
    nullable: true,
    description: 'A transaction by id.',
    args: { id: t.arg.id({ required: true, description: 'Of the object.' }) },
    ...scoped('read'),
    resolve: (_root, { id }, context, info) => findById('transaction', id, context, info),
  }),
  transactionByReference: t.field({
    type: TransactionRef,
    nullable: true,
    description:
      'A transaction by a reference: its own, that of the bank, or one under which it was sent. Of several the latest attempt of the latest collection.',
    args: {
      reference: t.arg.string({
        required: true,
        description: 'A `transactionReference`, a `providerReference`, or the `reference` of one of its `submissions`.',
      }),
    },
    ...scoped('read'),
    resolve: async (_root, { reference }, context, info) => {
      const { merchantId } = callerOf(context);
      const id = await findTransactionId(queryable(context.app.database), merchantId, reference);
      return id === null ? null : findById('transaction', id, context, info);
    },
  }),
}));
