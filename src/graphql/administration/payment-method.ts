import type { PayInAccount } from '../../domain/method/pay-in-account.ts';
import { PAYMENT_METHODS } from '../../store/reading/description.ts';
import { builder } from '../builder.ts';
import { marked } from '../direct/marks.ts';
import { BankAccountTypeRef, BankRef } from '../enums/bank-account.ts';
import { DateAdjustmentRuleRef, PaymentIndustryRef, PaymentMethodTypeRef, ProviderBankRef } from '../enums/payment.ts';
import { rootConnection } from '../lists/connection.ts';
import { NodeRef, rootObject } from '../node.ts';

export const PayInAccountRef = builder.objectRef<PayInAccount>('PayInAccount').implement({
  description: 'The bank account of the merchant that receives the payments of a pay-in method.',
  fields: (t) => ({
    bank: t.expose('bank', { description: 'Bank that holds the account.', type: BankRef }),
    branchCode: t.exposeString('branchCode', { description: 'Branch code of the account: six digits.' }),
    accountNumber: t.exposeString('accountNumber', {
      description: 'Full account number, not masked, because the account belongs to the merchant.',
    }),
    accountType: t.expose('accountType', { description: 'Type of the bank account.', type: BankAccountTypeRef }),
    accountHolderName: t.exposeString('accountHolderName', {
      description: 'Account holder name, as payers must enter it.',
    }),
  }),
});

export const PaymentMethodRef = builder.prismaObject('PaymentMethod', {
  description: 'A method of collecting payments, configured for the merchant at a provider bank.',
  interfaces: [NodeRef],
  select: {},
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Unique identifier of the payment method.' }),
    name: t.exposeString('name', { description: 'Display name of the payment method.' }),
    type: t.expose('type', { description: 'Type of the payment method.', type: PaymentMethodTypeRef }),
    providerBank: t.expose('providerBank', {
      description: 'Bank that provides the payment method.',
      type: ProviderBankRef,
    }),
    abbreviatedName: t.exposeString('abbreviatedName', {
      description: 'Short name of the merchant on bank statements.',
    }),
    paymentIndustry: t.field({
      type: PaymentIndustryRef,
      nullable: true,
      description: 'Payment industry of mandates that specify none; null when the method uses no mandates.',
      extensions: marked({ column: 'paymentIndustry' }),
      select: { paymentIndustry: true },
      resolve: ({ paymentIndustry }) => paymentIndustry as typeof PaymentIndustryRef.$inferType | null,
    }),
    dateAdjustmentRule: t.expose('dateAdjustmentRule', {
      description: 'Rule that moves collections off weekends and public holidays.',
      type: DateAdjustmentRuleRef,
    }),
    payInAccount: t.field({
      description: 'Account that receives the payments; null unless the type is PAY_IN.',
      type: PayInAccountRef,
      nullable: true,
      select: { payInAccount: true },
      resolve: ({ payInAccount }) => payInAccount as unknown as PayInAccount | null,
    }),
    itemLimit: t.expose('itemLimitCents', {
      type: 'Money',
      nullable: true,
      description: 'Maximum amount of one collection, in rand; null means no limit.',
    }),
    monthlyLimit: t.expose('monthlyLimitCents', {
      type: 'Money',
      nullable: true,
      description: 'Maximum total collected in a calendar month by action date, in rand; null means no limit.',
    }),
    isEnabled: t.exposeBoolean('isEnabled', {
      description: 'Whether new payments and transactions can use the method.',
    }),
    createdAt: t.expose('createdAt', {
      description: 'Time of creation: wall-clock time in UTC, even when the clock of the merchant was moved.',
      type: 'DateTime',
    }),
    updatedAt: t.expose('updatedAt', {
      description: 'Time of the last change: wall-clock time in UTC.',
      type: 'DateTime',
    }),
    version: t.exposeInt('version', {
      description: 'Version of the payment method, incremented by one with every change.',
    }),
  }),
});

const LISTED = { entity: 'paymentMethod', reading: PAYMENT_METHODS } as const;
rootConnection(
  'paymentMethods',
  'PaymentMethod',
  PaymentMethodRef,
  LISTED,
  'Lists the payment methods of the merchant.',
);

builder.queryField('paymentMethod', (t) =>
  t.field({
    type: PaymentMethodRef,
    nullable: true,
    description: 'Returns a payment method by id; null when there is none with this id.',
    args: { id: t.arg.id({ required: true, description: 'Identifier of the payment method.' }) },
    ...rootObject('paymentMethod', 'id'),
  }),
);
