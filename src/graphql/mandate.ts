import type { PaymentInterval } from '../domain/schedule.ts';
import { MANDATES } from '../store/reading/description.ts';
import { BankAccountRef } from './bank-account.ts';
import { builder, scoped } from './builder.ts';
import { nestedConnection, pageArguments, rootConnection } from './connection.ts';
import { CustomerRef } from './customer.ts';
import { MandateStatusRef, PaymentIndustryRef, PaymentIntervalRef } from './enums.ts';
import { findById, NodeRef } from './node.ts';

const LISTED = { entity: 'mandate', reading: MANDATES } as const;

const MandateRecurringRef = builder
  .objectRef<{ processDay: number; interval: PaymentInterval; dateRelease: Date | null }>('MandateRecurring')
  .implement({
    description: 'When a recurring mandate is collected.',
    fields: (t) => ({
      processDay: t.exposeInt('processDay', {
        description:
          'Day of the month, 1 to 31, clamped to its last; for WEEKLY and FORTNIGHTLY day of the week, Monday 1.',
      }),
      interval: t.expose('interval', { description: 'How often.', type: PaymentIntervalRef }),
      dateRelease: t.expose('dateRelease', { type: 'Date', nullable: true, description: 'When the mandate ends.' }),
    }),
  });

const MandateOneTimeRef = builder.objectRef<{ processDate: Date }>('MandateOneTime').implement({
  description: 'When a one-time mandate is collected.',
  fields: (t) => ({ processDate: t.expose('processDate', { description: 'The day.', type: 'Date' }) }),
});

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
      description: 'Unique, at most 14 characters.',
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
      select: { processDay: true, interval: true, dateRelease: true },
      resolve: ({ processDay, interval, dateRelease }) =>
        processDay === null || interval === null ? null : { processDay, interval, dateRelease },
    }),
    oneTime: t.field({
      description: 'null for a recurring mandate.',
      type: MandateOneTimeRef,
      nullable: true,
      select: { processDate: true },
      resolve: ({ processDate }) => processDate && { processDate },
    }),
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
