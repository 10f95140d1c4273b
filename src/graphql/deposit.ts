import type { PayInAccount } from '../domain/method/pay-in-account.ts';
import { DEPOSITS } from '../store/reading/description.ts';
import { PayInAccountRef, PaymentMethodRef } from './administration/payment-method.ts';
import { builder } from './builder.ts';
import { DepositMatchRef } from './enums/payment.ts';
import { rootConnection } from './lists/connection.ts';
import { NodeRef } from './node.ts';
import { PaymentPayInRef, PaymentRef } from './payments/payment.ts';

export const DepositRef = builder.prismaObject('Deposit', {
  description: 'Money that came into the account of a pay-in method.',
  interfaces: [NodeRef],
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Its id; the prefix says what it is.' }),
    payment: t.relation('payment', { nullable: true, description: 'For which it is; null while nobody knows.' }),
    paymentMethod: t.relation('paymentMethod', { type: PaymentMethodRef, description: 'Into whose account it came.' }),
    match: t.expose('match', { type: DepositMatchRef, description: 'How it fits what was asked for.' }),
    eftReference: t.exposeString('eftReference', { description: 'As the payer quoted it.' }),
    amount: t.field({
      type: 'Money',
      description: 'How much.',
      select: { amountCents: true },
      resolve: ({ amountCents }) => amountCents,
    }),
    receivedAt: t.expose('receivedAt', { type: 'DateTime', description: 'When, on your clock.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was recorded: wall time.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it last changed: wall time.' }),
    version: t.exposeInt('version', { description: 'Raised by one with every change.' }),
  }),
});

rootConnection(
  'deposits',
  'Deposit',
  DepositRef,
  { entity: 'deposit', reading: DEPOSITS },
  'Money that came in, also what nobody knows the purpose of: filter by match UNKNOWN.',
);

builder.prismaObjectField(PaymentRef, 'deposits', (t) =>
  t.relation('deposits', {
    type: DepositRef,
    description: 'What came in for a pay-in, in order; empty for other methods.',
    query: { orderBy: { id: 'asc' }, take: 200 },
  }),
);

/** What the payer has to know, and what came of it. */
builder.objectFields(PaymentPayInRef, (t) => ({
  received: t.field({
    type: 'Money',
    description: 'What has come in.',
    resolve: async ({ id }, _args, { loaders }) => loaders.received.load(id),
  }),
  outstanding: t.field({
    type: 'Money',
    description: 'What is still to come; "0.00" when it is covered.',
    resolve: async ({ id, amountCents }, _args, { loaders }) =>
      Math.max(0, Number(amountCents) - (await loaders.received.load(id))),
  }),
  account: t.field({
    type: PayInAccountRef,
    nullable: true,
    description: 'Into which the payer pays: the account of the payment method.',
    resolve: ({ account }) => account as PayInAccount | null,
  }),
}));
