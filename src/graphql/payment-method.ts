import type { PayInAccount } from '../store/payment-methods.ts';
import { PAYMENT_METHODS } from '../store/reading/description.ts';
import { builder, scoped } from './builder.ts';
import { rootConnection } from './connection.ts';
import {
  BankAccountTypeRef,
  BankRef,
  DateAdjustmentRuleRef,
  PaymentIndustryRef,
  PaymentMethodTypeRef,
  ProviderBankRef,
} from './enums.ts';
import { findById, NodeRef } from './node.ts';

const PayInAccountRef = builder.objectRef<PayInAccount>('PayInAccount').implement({
  description: 'Your account into which the payer of a pay-in pays.',
  fields: (t) => ({
    bank: t.expose('bank', { type: BankRef }),
    branchCode: t.exposeString('branchCode'),
    accountNumber: t.exposeString('accountNumber'),
    accountType: t.expose('accountType', { type: BankAccountTypeRef }),
    accountHolderName: t.exposeString('accountHolderName'),
  }),
});

export const PaymentMethodRef = builder.prismaObject('PaymentMethod', {
  description: 'A way to be paid, configured for you at a provider. Read-only.',
  interfaces: [NodeRef],
  select: {},
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name'),
    type: t.expose('type', { type: PaymentMethodTypeRef }),
    providerBank: t.expose('providerBank', { type: ProviderBankRef }),
    abbreviatedName: t.exposeString('abbreviatedName', { description: 'How you are named on bank statements.' }),
    paymentIndustry: t.field({
      type: PaymentIndustryRef,
      nullable: true,
      description: 'For mandates that name none.',
      select: { paymentIndustry: true },
      resolve: ({ paymentIndustry }) => paymentIndustry as typeof PaymentIndustryRef.$inferType | null,
    }),
    dateAdjustmentRule: t.expose('dateAdjustmentRule', { type: DateAdjustmentRuleRef }),
    payInAccount: t.field({
      type: PayInAccountRef,
      nullable: true,
      select: { payInAccount: true },
      resolve: ({ payInAccount }) => payInAccount as unknown as PayInAccount | null,
    }),
    isEnabled: t.exposeBoolean('isEnabled', { description: 'A disabled method takes no new payments.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
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
    args: { id: t.arg.id({ required: true }) },
    ...scoped('read'),
    resolve: (_root, { id }, context, info) => findById('paymentMethod', id, context, info),
  }),
);
