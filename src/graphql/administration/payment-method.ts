import type { PayInAccount } from '../../domain/method/pay-in-account.ts';
import { PAYMENT_METHODS } from '../../store/reading/description.ts';
import { builder, scoped } from '../builder.ts';
import { BankAccountTypeRef, BankRef } from '../enums/bank-account.ts';
import { DateAdjustmentRuleRef, PaymentIndustryRef, PaymentMethodTypeRef, ProviderBankRef } from '../enums/payment.ts';
import { rootConnection } from '../lists/connection.ts';
import { findById, NodeRef } from '../node.ts';

export const PayInAccountRef = builder.objectRef<PayInAccount>('PayInAccount').implement({
  description: 'Your account into which the payer of a pay-in pays.',
  fields: (t) => ({
    bank: t.expose('bank', { description: 'Where it is.', type: BankRef }),
    branchCode: t.exposeString('branchCode', { description: 'Six digits.' }),
    accountNumber: t.exposeString('accountNumber', { description: 'Whole: it is yours.' }),
    accountType: t.expose('accountType', { description: 'Its type at the bank.', type: BankAccountTypeRef }),
    accountHolderName: t.exposeString('accountHolderName', { description: 'As the payer has to write it.' }),
  }),
});

export const PaymentMethodRef = builder.prismaObject('PaymentMethod', {
  description: 'A way to be paid, configured for you at a provider.',
  interfaces: [NodeRef],
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Its id; the prefix says what it is.' }),
    name: t.exposeString('name', { description: 'For people.' }),
    type: t.expose('type', { description: 'How money is collected.', type: PaymentMethodTypeRef }),
    providerBank: t.expose('providerBank', { description: 'The bank that provides it.', type: ProviderBankRef }),
    abbreviatedName: t.exposeString('abbreviatedName', { description: 'How you are named on bank statements.' }),
    paymentIndustry: t.field({
      type: PaymentIndustryRef,
      nullable: true,
      description: 'For mandates that name none.',
      select: { paymentIndustry: true },
      resolve: ({ paymentIndustry }) => paymentIndustry as typeof PaymentIndustryRef.$inferType | null,
    }),
    dateAdjustmentRule: t.expose('dateAdjustmentRule', {
      description: 'Where a collection goes whose day is a weekend or a holiday.',
      type: DateAdjustmentRuleRef,
    }),
    payInAccount: t.field({
      description: 'null unless it is for pay-ins.',
      type: PayInAccountRef,
      nullable: true,
      select: { payInAccount: true },
      resolve: ({ payInAccount }) => payInAccount as unknown as PayInAccount | null,
    }),
    itemLimit: t.field({
      type: 'Money',
      nullable: true,
      description: 'The most that one collection may be; null: no limit.',
      select: { itemLimitCents: true },
      resolve: ({ itemLimitCents }) => itemLimitCents,
    }),
    monthlyLimit: t.field({
      type: 'Money',
      nullable: true,
      description: 'The most that is collected in a calendar month, by action date; null: no limit.',
      select: { monthlyLimitCents: true },
      resolve: ({ monthlyLimitCents }) => monthlyLimitCents,
    }),
    isEnabled: t.exposeBoolean('isEnabled', { description: 'A disabled method takes no new payments.' }),
    createdAt: t.expose('createdAt', {
      description: 'When it was made: wall time, also on a merchant whose clock was moved.',
      type: 'DateTime',
    }),
    updatedAt: t.expose('updatedAt', { description: 'When it last changed: wall time.', type: 'DateTime' }),
    version: t.exposeInt('version', { description: 'Raised by one with every change.' }),
  }),
});

const LISTED = { entity: 'paymentMethod', reading: PAYMENT_METHODS } as const;
rootConnection('paymentMethods', 'PaymentMethod', PaymentMethodRef, LISTED, 'Your payment methods.');

builder.queryField('paymentMethod', (t) =>
  t.field({
    type: PaymentMethodRef,
    nullable: true,
    description: 'A payment method by id.',
    args: { id: t.arg.id({ required: true, description: 'Of the object.' }) },
    ...scoped('read'),
    resolve: (_root, { id }, context, info) => findById('paymentMethod', id, context, info),
  }),
);
