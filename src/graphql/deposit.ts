import type { PayInAccount } from '../domain/method/pay-in-account.ts';
import { DEPOSITS } from '../store/reading/description.ts';
import { PayInAccountRef, PaymentMethodRef } from './administration/payment-method.ts';
import { builder } from './builder.ts';
import { DepositMatchRef } from './enums/payment.ts';
import { rootConnection } from './lists/connection.ts';
import { NodeRef } from './node.ts';
import { PaymentPayInRef, PaymentRef } from './payments/payment.ts';

/** Maximum number of deposits listed under a pay-in. */
const DEPOSITS_MAX = 200;

export const DepositRef = builder.prismaObject('Deposit', {
  description: 'An incoming payment on the receiving account of a pay-in method.',
  interfaces: [NodeRef],
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Unique identifier of the deposit; starts with `dep_`.' }),
    payment: t.relation('payment', {
      nullable: true,
      description: 'Pay-in that the deposit was matched to; null if it matches none.',
    }),
    paymentMethod: t.relation('paymentMethod', {
      type: PaymentMethodRef,
      description: 'Payment method whose receiving account was credited.',
    }),
    match: t.expose('match', {
      type: DepositMatchRef,
      description: 'Result of matching the deposit to a pay-in.',
    }),
    eftReference: t.exposeString('eftReference', { description: 'Reference as quoted by the payer.' }),
    amount: t.expose('amountCents', {
      type: 'Money',
      description: 'Amount of the deposit, in rand.',
    }),
    refundedAmount: t.field({
      type: 'Money',
      description: 'Amount that was sent back to the payer, in rand; "0.00" when nothing was.',
      select: { refundedCents: true },
      resolve: ({ refundedCents }) => refundedCents ?? 0,
    }),
    refundedAt: t.expose('refundedAt', {
      type: 'DateTime',
      nullable: true,
      description: "Time of the last refund (UTC, on the merchant's clock); null when nothing was sent back.",
    }),
    receivedAt: t.expose('receivedAt', {
      type: 'DateTime',
      description: "Time at which the money was received (UTC, on the merchant's clock).",
    }),
    createdAt: t.expose('createdAt', { description: 'Time of creation (UTC wall clock).', type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { description: 'Time of the last change (UTC wall clock).', type: 'DateTime' }),
    version: t.exposeInt('version', { description: 'Version number, incremented by one on every change.' }),
  }),
});

rootConnection(
  'deposits',
  'Deposit',
  DepositRef,
  { entity: 'deposit', reading: DEPOSITS },
  'Lists the deposits received, including unmatched ones: filter by match UNKNOWN.',
);

builder.prismaObjectField(PaymentRef, 'deposits', (t) =>
  t.relation('deposits', {
    type: DepositRef,
    description: `Deposits matched to the pay-in, oldest first, at most ${DEPOSITS_MAX}; empty for other payment methods.`,
    query: { orderBy: { id: 'asc' }, take: DEPOSITS_MAX },
  }),
);

/** Amounts and receiving account of a pay-in. */
builder.objectFields(PaymentPayInRef, (t) => ({
  received: t.field({
    type: 'Money',
    description: 'Sum of the deposits received, less refunds, in rand.',
    resolve: async ({ id }, _args, { loaders }) => loaders.received.load(id),
  }),
  outstanding: t.field({
    type: 'Money',
    description: 'Amount still outstanding, in rand; "0.00" once it is covered.',
    resolve: async ({ id, amountCents }, _args, { loaders }) =>
      Math.max(0, Number(amountCents) - (await loaders.received.load(id))),
  }),
  account: t.field({
    type: PayInAccountRef,
    nullable: true,
    description: 'Account into which the payer pays: the receiving account of the payment method.',
    resolve: ({ account }) => account as PayInAccount | null,
  }),
}));
