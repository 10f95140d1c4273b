import { ITEMS_MAX } from '../domain/submit/plan-payment.ts';
import { queryable } from '../store/connection/database.ts';
import { TRANSACTIONS } from '../store/reading/description.ts';
import { findTransactionId } from '../store/transactions/find-by-reference.ts';
import { builder, scoped } from './builder.ts';
import { callerOf } from './context.ts';
import { CustomerRef } from './customer.ts';
import { TransactionKindRef, TransactionStatusRef } from './enums/payment.ts';
import { nestedConnection, pageArguments, rootConnection } from './lists/connection.ts';
import { MandateRef } from './mandates/mandate.ts';
import { findById, NodeRef, rootObject } from './node.ts';
import { PaymentItemRef, PaymentRef } from './payments/payment.ts';

const LISTED = { entity: 'transaction', reading: TRANSACTIONS } as const;

const SubmissionRef = builder.prismaObject('Submission', {
  description: 'One submission of a transaction to the bank; for a pay-in, one deposit.',
  select: {},
  fields: (t) => ({
    reference: t.exposeString('reference', {
      description:
        'Reference under which the transaction was submitted to the bank; for a pay-in, the id of the deposit.',
    }),
    attempt: t.exposeInt('attempt', { description: 'Number of the submission, starting at 1.' }),
    amount: t.expose('amountCents', {
      type: 'Money',
      nullable: true,
      description: 'Amount of the deposit, in rand; null for a debit, which is submitted with its full amount.',
    }),
    submittedAt: t.expose('submittedAt', {
      description: "Time at which the submission was recorded (UTC, on the merchant's clock).",
      type: 'DateTime',
    }),
    acknowledgedAt: t.expose('acknowledgedAt', {
      description: "Time at which the bank acknowledged receipt (UTC, on the merchant's clock); null if it has not.",
      type: 'DateTime',
      nullable: true,
    }),
  }),
});

export const TransactionRef = builder.prismaObject('Transaction', {
  description: 'One debit of a payment on one date, or one expected pay-in.',
  interfaces: [NodeRef],
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Unique identifier of the transaction; starts with `tra_`.' }),
    payment: t.relation('payment', { description: 'Payment to which the transaction belongs.' }),
    customer: t.relation('customer', { description: 'Customer from whom the money is collected.' }),
    bankAccount: t.relation('bankAccount', {
      description: 'Bank account that is debited; null for pay-ins and card payments.',
      nullable: true,
    }),
    mandate: t.relation('mandate', {
      description: 'Mandate that authorises the debit; null for pay-ins and card payments.',
      nullable: true,
    }),
    paymentMethod: t.relation('paymentMethod', { description: 'Payment method used for the collection.' }),
    kind: t.expose('kind', {
      description: 'First collection of the mandate, or a regular one.',
      type: TransactionKindRef,
    }),
    status: t.expose('status', { description: 'Current status of the transaction.', type: TransactionStatusRef }),
    nominalDate: t.expose('nominalDate', {
      type: 'Date',
      description: 'Agreed date of the collection (civil date in Johannesburg).',
    }),
    actionDate: t.expose('actionDate', {
      type: 'Date',
      description:
        'Date on which the account or card is debited (civil date in Johannesburg), after the date adjustment rule of the method.',
    }),
    attempt: t.exposeInt('attempt', {
      description: 'Number of the attempt, starting at 1; a retry is a new transaction.',
    }),
    amount: t.expose('amountCents', {
      description: 'Amount of the transaction, in rand.',
      type: 'Money',
    }),
    transactionReference: t.exposeString('transactionReference', {
      description: 'Reference of the payment; for a recurring payment, with the number of the collection appended.',
    }),
    batchReference: t.exposeString('batchReference', {
      description: 'Batch reference of the call that submitted the payment; null if none was given.',
      nullable: true,
    }),
    providerReference: t.exposeString('providerReference', {
      description: 'Reference of the bank; null until its first answer.',
      nullable: true,
    }),
    isImported: t.exposeBoolean('isImported', {
      description: 'Whether another system made the collection before its payment was imported by `importPayments`.',
    }),
    items: t.field({
      type: [PaymentItemRef],
      description: `Line items of the payment, in the order submitted; at most ${ITEMS_MAX}.`,
      select: (_args, _context, nestedSelection) => ({
        payment: { select: { items: nestedSelection({ orderBy: { position: 'asc' } }) } },
      }),
      resolve: ({ payment }) => payment.items,
    }),
    submissions: t.relation('submissions', {
      description: 'Submissions of the transaction to the bank, oldest first.',
      query: { orderBy: { attempt: 'asc' } },
      type: SubmissionRef,
    }),
    chargedAt: t.expose('chargedAt', {
      description:
        'Time at which the money was collected (UTC): the start of the action date in Johannesburg, or the last deposit of a pay-in. null if it never was PAID.',
      type: 'DateTime',
      nullable: true,
    }),
    statusChangedAt: t.expose('statusChangedAt', {
      description: "Time at which the transaction reached its current status (UTC, on the merchant's clock).",
      type: 'DateTime',
    }),
    createdAt: t.expose('createdAt', { description: 'Time of creation (UTC wall clock).', type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { description: 'Time of the last change (UTC wall clock).', type: 'DateTime' }),
    version: t.exposeInt('version', { description: 'Version number, incremented by one on every change.' }),
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

rootConnection('transactions', 'Transaction', TransactionRef, LISTED, 'Lists the transactions of the merchant.');

builder.queryFields((t) => ({
  transaction: t.field({
    type: TransactionRef,
    nullable: true,
    description: 'Returns the transaction with the given identifier; null if there is none.',
    args: { id: t.arg.id({ required: true, description: 'Unique identifier of the transaction.' }) },
    ...rootObject('transaction', 'id'),
  }),
  transactionByReference: t.field({
    type: TransactionRef,
    nullable: true,
    description:
      'Returns the transaction with the given reference: its own, that of the bank, or that of a submission. If several match, returns the latest attempt of the latest collection; null if none does.',
    args: {
      reference: t.arg.string({
        required: true,
        description: 'Value of `transactionReference`, of `providerReference`, or of `reference` of a submission.',
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
