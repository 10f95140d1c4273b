import { MANDATES } from '../../store/reading/description.ts';
import { BankAccountRef } from '../bank-account.ts';
import { builder, scoped } from '../builder.ts';
import { CustomerRef } from '../customer.ts';
import { MandateStatusRef } from '../enums/mandate.ts';
import { PaymentIndustryRef } from '../enums/payment.ts';
import { nestedConnection, pageArguments, rootConnection } from '../lists/connection.ts';
import { findById, NodeRef } from '../node.ts';
import {
  debicheckOf,
  MandateDebicheckRef,
  MandateOneTimeRef,
  MandateRecurringRef,
  oneTimeOf,
  recurringOf,
  shownTerms,
  TERM_COLUMNS,
} from './mandate-terms.ts';

const LISTED = { entity: 'mandate', reading: MANDATES } as const;

export const MandateRef = builder.prismaObject('Mandate', {
  description: "The debtor's authority to collect. Exactly one of `recurring` and `oneTime` is set.",
  interfaces: [NodeRef],
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Its id; the prefix says what it is.' }),
    customer: t.relation('customer', { description: 'Whose it is.' }),
    bankAccount: t.relation('bankAccount', { description: 'The account that is debited.' }),
    paymentMethod: t.relation('paymentMethod', { description: 'By which it is collected.' }),
    status: t.expose('status', { description: 'Where it is in its life.', type: MandateStatusRef }),
    reference: t.exposeString('reference', {
      nullable: true,
      description: 'Your own reference. At most 35 characters.',
    }),
    contractReference: t.exposeString('contractReference', {
      nullable: true,
      description: 'Unique, at most 14 characters. Once the mandate is over it is retired: no other ever has it.',
    }),
    paymentIndustry: t.field({
      description: 'What is collected for.',
      type: PaymentIndustryRef,
      select: { paymentIndustry: true },
      resolve: ({ paymentIndustry }) => paymentIndustry as typeof PaymentIndustryRef.$inferType,
    }),
    amount: t.field({
      description: 'What is collected each time.',
      type: 'Money',
      select: { amountCents: true },
      resolve: ({ amountCents }) => amountCents,
    }),
    recurring: t.field({
      description: 'null for a one-time mandate.',
      type: MandateRecurringRef,
      nullable: true,
      select: TERM_COLUMNS,
      resolve: (mandate) => recurringOf(shownTerms(mandate)),
    }),
    oneTime: t.field({
      description: 'null for a recurring mandate.',
      type: MandateOneTimeRef,
      nullable: true,
      select: TERM_COLUMNS,
      resolve: (mandate) => oneTimeOf(shownTerms(mandate)),
    }),
    debicheck: t.field({
      description: 'What was authorised besides, for DebiCheck and registered mandates; null for EFT.',
      type: MandateDebicheckRef,
      nullable: true,
      select: TERM_COLUMNS,
      resolve: (mandate) => debicheckOf(shownTerms(mandate)),
    }),
    convertedFrom: t.relation('convertedFrom', {
      nullable: true,
      description: 'The expired DebiCheck mandate that this registered one was made of.',
    }),
    createdBy: t.exposeString('createdBy', { nullable: true, description: 'The client that made it.' }),
    createdAt: t.expose('createdAt', {
      description: 'When it was made: wall time, also on a merchant whose clock was moved.',
      type: 'DateTime',
    }),
    updatedAt: t.expose('updatedAt', { description: 'When it last changed: wall time.', type: 'DateTime' }),
    version: t.exposeInt('version', { description: 'Raised by one with every change.' }),
  }),
});

builder.prismaObjectField(CustomerRef, 'mandates', (t) =>
  t.field({
    ...nestedConnection('mandates', 'Mandate', MandateRef, LISTED, 'customerId'),
    args: pageArguments(t.arg, MANDATES),
  }),
);
builder.prismaObjectField(BankAccountRef, 'mandates', (t) =>
  t.field({
    ...nestedConnection('mandates', 'Mandate', MandateRef, LISTED, 'bankAccountId'),
    args: pageArguments(t.arg, MANDATES),
  }),
);

rootConnection('mandates', 'Mandate', MandateRef, LISTED, 'Your mandates.');

builder.queryField('mandate', (t) =>
  t.field({
    type: MandateRef,
    nullable: true,
    description: 'A mandate by id.',
    args: { id: t.arg.id({ required: true, description: 'Of the object.' }) },
    ...scoped('read'),
    resolve: (_root, { id }, context, info) => findById('mandate', id, context, info),
  }),
);
