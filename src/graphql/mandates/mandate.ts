import { CONTRACT_REFERENCE_LENGTH_MAX, REFERENCE_LENGTH_MAX } from '../../domain/mandate/parse.ts';
import { MANDATES } from '../../store/reading/description.ts';
import { BankAccountRef } from '../bank-account.ts';
import { builder } from '../builder.ts';
import { CustomerRef } from '../customer.ts';
import { marked } from '../direct/marks.ts';
import { MandateStatusRef } from '../enums/mandate.ts';
import { PaymentIndustryRef } from '../enums/payment.ts';
import { EXTERNAL_ID } from '../external-id.ts';
import { nestedConnection, pageArguments, rootConnection } from '../lists/connection.ts';
import { NodeRef, rootObject } from '../node.ts';
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
  description:
    "The debtor's authority to collect from a bank account. Exactly one of `recurring` and `oneTime` is set.",
  interfaces: [NodeRef],
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Unique identifier of the mandate; starts with `man_`.' }),
    customer: t.relation('customer', { description: 'Customer that granted the mandate.' }),
    bankAccount: t.relation('bankAccount', { description: 'Bank account that is debited.' }),
    paymentMethod: t.relation('paymentMethod', { description: 'Payment method used for the collections.' }),
    status: t.expose('status', {
      description: 'Current status of the mandate; debits are submitted only while it is ACTIVE.',
      type: MandateStatusRef,
    }),
    reference: t.exposeString('reference', {
      nullable: true,
      description: `Your own reference of the mandate, at most ${REFERENCE_LENGTH_MAX} characters; null if none was given.`,
    }),
    externalId: t.exposeString('externalId', { description: EXTERNAL_ID, nullable: true }),
    contractReference: t.exposeString('contractReference', {
      nullable: true,
      description: `Contract reference, unique, at most ${CONTRACT_REFERENCE_LENGTH_MAX} characters. It is retired when the mandate ends and cannot be reused. null for an EFT mandate without one.`,
    }),
    paymentIndustry: t.field({
      description: 'Purpose of the collections: the entry class of the scheme.',
      type: PaymentIndustryRef,
      extensions: marked({ column: 'paymentIndustry' }),
      select: { paymentIndustry: true },
      resolve: ({ paymentIndustry }) => paymentIndustry as typeof PaymentIndustryRef.$inferType,
    }),
    amount: t.expose('amountCents', {
      description: 'Amount of each collection, in rand.',
      type: 'Money',
    }),
    recurring: t.field({
      description: 'Schedule of a recurring mandate; null for a one-time mandate.',
      type: MandateRecurringRef,
      nullable: true,
      select: TERM_COLUMNS,
      resolve: (mandate) => recurringOf(shownTerms(mandate)),
    }),
    oneTime: t.field({
      description: 'Date of a one-time mandate; null for a recurring mandate.',
      type: MandateOneTimeRef,
      nullable: true,
      select: TERM_COLUMNS,
      resolve: (mandate) => oneTimeOf(shownTerms(mandate)),
    }),
    debicheck: t.field({
      description: 'Authorised terms of a DebiCheck or registered mandate; null for EFT.',
      type: MandateDebicheckRef,
      nullable: true,
      select: TERM_COLUMNS,
      resolve: (mandate) => debicheckOf(shownTerms(mandate)),
    }),
    convertedFrom: t.relation('convertedFrom', {
      nullable: true,
      description: 'Expired DebiCheck mandate from which this registered mandate was converted; null otherwise.',
    }),
    createdBy: t.exposeString('createdBy', {
      nullable: true,
      description: 'Client that created the mandate: the id of an API key, or "user:" and the user.',
    }),
    createdAt: t.expose('createdAt', { description: 'Time of creation (UTC wall clock).', type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { description: 'Time of the last change (UTC wall clock).', type: 'DateTime' }),
    version: t.exposeInt('version', { description: 'Version number, incremented by one on every change.' }),
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

rootConnection('mandates', 'Mandate', MandateRef, LISTED, 'Lists the mandates of the merchant.');

builder.queryField('mandate', (t) =>
  t.field({
    type: MandateRef,
    nullable: true,
    description: 'Returns the mandate with the given identifier; null if there is none.',
    args: { id: t.arg.id({ required: true, description: 'Unique identifier of the mandate.' }) },
    ...rootObject('mandate', 'id'),
  }),
);
