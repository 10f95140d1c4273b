import type { DebicheckDefaults } from '../../domain/mandate/authorised-terms.ts';
import { DEBICHECK_DEFAULTS } from '../../domain/mandate/authorised-terms.ts';
import {
  type APPROVALS,
  accountTypesOf,
  banksOf,
  METHOD_MATRIX,
  METHOD_RULES,
  type METHOD_VARIANTS,
  type MethodRules,
  type MethodVariant,
  type NEEDS,
  type Need,
  type RESUBMISSIONS,
  type Resubmission,
  resubmissionOf,
  variantOf,
} from '../../domain/method/matrix.ts';
import { builder } from '../builder.ts';
import { BankAccountTypeRef, BankRef } from '../enums/bank-account.ts';
import { describe } from '../enums/describe.ts';
import { AdjustmentCategoryRef, AdjustmentTypeRef, ApprovalWindowRef } from '../enums/mandate.ts';
import { PaymentStatusRef } from '../enums/payment.ts';
import { PaymentMethodRef } from './payment-method.ts';

const MethodVariantRef = builder.enumType('MethodVariant', {
  description: 'The column of the method matrix: the type, and for registered mandates the bank that provides it.',
  values: describe({
    PAY_IN: 'Pay-in.',
    DEBIT_ORDER: 'EFT debit order.',
    DEBICHECK: 'DebiCheck.',
    REGISTERED_MANDATE_ABSA: 'Registered mandate of ABSA.',
    REGISTERED_MANDATE_NEDBANK: 'Registered mandate of Nedbank.',
    CARD: 'Card.',
  } satisfies Record<(typeof METHOD_VARIANTS)[number], string>),
});
const NeedRef = builder.enumType('Need', {
  description: 'Whether a method needs a field.',
  values: describe({
    REQUIRED: 'METHOD_REQUIRES without it, unless something stands in for it.',
    ONE_OF: 'Exactly one of `recurring` and `oneTime` of the same object: REQUIRED without, or with both.',
    OPTIONAL: 'It may be given.',
    FORBIDDEN: 'METHOD_FORBIDS with it.',
  } satisfies Record<(typeof NEEDS)[number], string>),
});
const ApprovalRef = builder.enumType('Approval', {
  description: 'Who has to approve a mandate before anything is collected.',
  values: describe({ NOBODY: 'Nobody.', DEBTOR: 'The debtor.', BANK: 'The bank.' } satisfies Record<
    (typeof APPROVALS)[number],
    string
  >),
});
const ResubmissionRef = builder.enumType('Resubmission', {
  description: 'What is possible when a mandate was rejected or has expired.',
  values: describe({
    NOT_NEEDED: 'There is nothing to be approved.',
    SAME_CONTRACT_REFERENCE: 'resubmitMandates.',
    NEW_CONTRACT_REFERENCE: 'A new mandate with a new contract reference.',
  } satisfies Record<(typeof RESUBMISSIONS)[number], string>),
});

interface Requirements {
  readonly variant: MethodVariant;
  readonly rules: MethodRules;
  readonly resubmission: Resubmission;
}

const FieldRequirementRef = builder.objectRef<{ path: string; need: Need }>('FieldRequirement').implement({
  description: 'One cell of the method matrix.',
  fields: (t) => ({
    path: t.exposeString('path', {
      description: 'In a record of submitPayments, as "mandate.debicheck". Of an id and an object, either serves.',
    }),
    need: t.expose('need', { description: 'Whether it is needed.', type: NeedRef }),
  }),
});

const MethodRequirementsRef = builder.objectRef<Requirements>('MethodRequirements').implement({
  description:
    'What a method asks of customer, account, mandate and payment: the very table that records are judged by.',
  fields: (t) => ({
    variant: t.expose('variant', { description: 'The column of the matrix.', type: MethodVariantRef }),
    fields: t.field({
      type: [FieldRequirementRef],
      description: 'What is required, one of two, optional and forbidden.',
      resolve: ({ variant }) => Object.entries(METHOD_MATRIX).map(([path, row]) => ({ path, need: row[variant] })),
    }),
    allowsCompanies: t.boolean({
      description: 'Whether companies, their registration numbers and their business accounts are taken.',
      resolve: ({ rules }) => rules.allowsCompanies,
    }),
    needsMobileNumber: t.boolean({
      description: 'Whether the contact number has to be a South African mobile number.',
      resolve: ({ rules }) => rules.needsMobileNumber,
    }),
    accountTypes: t.field({
      type: [BankAccountTypeRef],
      description: 'Types of account it takes; empty where it takes no account.',
      resolve: ({ variant }) => accountTypesOf(variant),
    }),
    approval: t.field({ type: ApprovalRef, description: 'Who approves.', resolve: ({ rules }) => rules.approval }),
    resubmission: t.expose('resubmission', { type: ResubmissionRef, description: 'After a failed approval.' }),
    firstPaymentStatus: t.field({
      type: PaymentStatusRef,
      description: 'The status of a payment whose mandate, if it has one, is new.',
      resolve: ({ rules }) => rules.firstPaymentStatus,
    }),
    disputes: t.string({ description: 'When a debit can be disputed.', resolve: ({ rules }) => rules.disputes }),
  }),
});

const DebicheckDefaultsRef = builder.objectRef<DebicheckDefaults>('DebicheckDefaults').implement({
  description: 'What new mandates get where they do not say.',
  fields: (t) => ({
    allowDateAdjustment: t.exposeBoolean('allowDateAdjustment', { description: 'Another day.' }),
    allowVariableAmount: t.exposeBoolean('allowVariableAmount', { description: 'Another amount.' }),
    allowPaymentTracking: t.exposeBoolean('allowPaymentTracking', { description: 'Tracking.' }),
    paymentTrackingMaxDays: t.exposeInt('paymentTrackingMaxDays', { description: 'For so long.', nullable: true }),
    adjustmentCategory: t.expose('adjustmentCategory', { description: 'How often.', type: AdjustmentCategoryRef }),
    adjustmentType: t.expose('adjustmentType', { description: 'By what.', type: AdjustmentTypeRef, nullable: true }),
    adjustmentRate: t.expose('adjustmentRate', { description: 'In percent.', type: 'Rate', nullable: true }),
    adjustmentAmount: t.field({
      description: 'In rand.',
      type: 'Money',
      nullable: true,
      resolve: ({ adjustmentAmountCents }) => adjustmentAmountCents,
    }),
    approvalWindow: t.expose('approvalWindow', {
      description: 'How the debtor is asked; DebiCheck alone.',
      type: ApprovalWindowRef,
    }),
  }),
});

builder.prismaObjectFields(PaymentMethodRef, (t) => ({
  requirements: t.field({
    type: MethodRequirementsRef,
    description: 'What it asks of customer, account, mandate and payment.',
    select: { type: true, providerBank: true },
    resolve: ({ type, providerBank }) => {
      const variant = variantOf(type, providerBank);
      return { variant, rules: METHOD_RULES[variant], resubmission: resubmissionOf(variant, providerBank) };
    },
  }),
  supportedBanks: t.field({
    type: [BankRef],
    description: 'The banks whose accounts it takes; empty where it takes no account.',
    select: { type: true, providerBank: true },
    resolve: ({ type, providerBank }) => banksOf(variantOf(type, providerBank)),
  }),
  debicheckDefaults: t.field({
    type: DebicheckDefaultsRef,
    nullable: true,
    description: 'null unless it is for DebiCheck or registered mandates.',
    select: { type: true, providerBank: true, debicheckDefaults: true },
    resolve: ({ type, providerBank, debicheckDefaults }) =>
      METHOD_MATRIX['mandate.debicheck'][variantOf(type, providerBank)] === 'FORBIDDEN'
        ? null
        : ((debicheckDefaults as DebicheckDefaults | null) ?? DEBICHECK_DEFAULTS),
  }),
}));
