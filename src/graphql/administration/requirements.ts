import type { DebicheckDefaults } from '../../domain/mandate/authorised-terms.ts';
import { DEBICHECK_DEFAULTS, TRACKING_DAYS_MAX } from '../../domain/mandate/authorised-terms.ts';
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
  description: 'Column of the method matrix: the type of the method and, for registered mandates, its provider bank.',
  values: describe({
    PAY_IN: 'Pay-in: the payer transfers the money.',
    DEBIT_ORDER: 'EFT debit order under an EFT mandate.',
    DEBICHECK: 'DebiCheck debit order, approved by the debtor.',
    REGISTERED_MANDATE_ABSA: 'Registered mandate provided by ABSA.',
    REGISTERED_MANDATE_NEDBANK: 'Registered mandate provided by Nedbank.',
    CARD: 'Charge of a tokenised card.',
  } satisfies Record<(typeof METHOD_VARIANTS)[number], string>),
});
const NeedRef = builder.enumType('Need', {
  description: 'Whether a payment method requires, allows or forbids a field.',
  values: describe({
    REQUIRED:
      'The field is required. A record without it, and without a default or alternative for it, fails with METHOD_REQUIRES.',
    ONE_OF:
      'Exactly one of `recurring` and `oneTime` of the same object is required. A record with neither or both fails with REQUIRED.',
    OPTIONAL: 'The field may be given or omitted.',
    FORBIDDEN: 'The field is forbidden. A record with it fails with METHOD_FORBIDS.',
  } satisfies Record<(typeof NEEDS)[number], string>),
});
const ApprovalRef = builder.enumType('Approval', {
  description: 'Party that must approve a mandate before collections start.',
  values: describe({
    NOBODY: 'Mandates require no approval.',
    DEBTOR: 'The debtor must approve the mandate.',
    BANK: 'The bank must approve the mandate.',
  } satisfies Record<(typeof APPROVALS)[number], string>),
});
const ResubmissionRef = builder.enumType('Resubmission', {
  description: 'How to request approval again after a mandate was rejected or has expired.',
  values: describe({
    NOT_NEEDED: 'Mandates of the method require no approval.',
    SAME_CONTRACT_REFERENCE: 'Call resubmitMandates; the contract reference stays the same.',
    NEW_CONTRACT_REFERENCE: 'Create a new mandate with a new contract reference.',
  } satisfies Record<(typeof RESUBMISSIONS)[number], string>),
});

interface Requirements {
  readonly variant: MethodVariant;
  readonly rules: MethodRules;
  readonly resubmission: Resubmission;
}

const FieldRequirementRef = builder.objectRef<{ path: string; need: Need }>('FieldRequirement').implement({
  description: 'Requirement of a payment method for one field.',
  fields: (t) => ({
    path: t.exposeString('path', {
      description:
        'Path of the field in a record of submitPayments, for example "mandate.debicheck". Where a record takes an id or an object, either satisfies the requirement.',
    }),
    need: t.expose('need', {
      description: 'Whether the field is required, one of two, optional or forbidden.',
      type: NeedRef,
    }),
  }),
});

const MethodRequirementsRef = builder.objectRef<Requirements>('MethodRequirements').implement({
  description:
    'Requirements of a payment method for customer, bank account, mandate and payment. Records are validated against the same table.',
  fields: (t) => ({
    variant: t.expose('variant', { description: 'Column of the method matrix.', type: MethodVariantRef }),
    fields: t.field({
      type: [FieldRequirementRef],
      description: 'Requirements for the fields of a payment record.',
      resolve: ({ variant }) => Object.entries(METHOD_MATRIX).map(([path, row]) => ({ path, need: row[variant] })),
    }),
    allowsCompanies: t.boolean({
      description: 'Whether the method accepts companies, company registration numbers and business accounts.',
      resolve: ({ rules }) => rules.allowsCompanies,
    }),
    needsMobileNumber: t.boolean({
      description: 'Whether the contact number of the customer must be a South African mobile number.',
      resolve: ({ rules }) => rules.needsMobileNumber,
    }),
    accountTypes: t.field({
      type: [BankAccountTypeRef],
      description: 'Bank account types that the method accepts; empty when it uses no bank account.',
      resolve: ({ variant }) => accountTypesOf(variant),
    }),
    approval: t.field({
      type: ApprovalRef,
      description: 'Party that must approve a mandate.',
      resolve: ({ rules }) => rules.approval,
    }),
    resubmission: t.expose('resubmission', {
      type: ResubmissionRef,
      description: 'How to request approval again after a mandate was rejected or has expired.',
    }),
    firstPaymentStatus: t.field({
      type: PaymentStatusRef,
      description: 'Initial status of a payment whose mandate, if any, is new.',
      resolve: ({ rules }) => rules.firstPaymentStatus,
    }),
    disputes: t.string({
      description: 'Conditions under which a debit can be disputed, as text.',
      resolve: ({ rules }) => rules.disputes,
    }),
  }),
});

const DebicheckDefaultsRef = builder.objectRef<DebicheckDefaults>('DebicheckDefaults').implement({
  description: 'Default terms of new mandates that do not specify them.',
  fields: (t) => ({
    allowDateAdjustment: t.exposeBoolean('allowDateAdjustment', {
      description: 'Whether collections may be made on another date.',
    }),
    allowVariableAmount: t.exposeBoolean('allowVariableAmount', {
      description: 'Whether the collection amount may vary.',
    }),
    allowPaymentTracking: t.exposeBoolean('allowPaymentTracking', {
      description: 'Whether the bank may track the account for funds.',
    }),
    paymentTrackingMaxDays: t.exposeInt('paymentTrackingMaxDays', {
      description: `Maximum number of days of tracking, 1–${TRACKING_DAYS_MAX}; null when there is no default.`,
      nullable: true,
    }),
    adjustmentCategory: t.expose('adjustmentCategory', {
      description: 'How often the instalment adjusts.',
      type: AdjustmentCategoryRef,
    }),
    adjustmentType: t.expose('adjustmentType', {
      description: 'Whether the instalment adjusts by a rate or by an amount; null when there is no default.',
      type: AdjustmentTypeRef,
      nullable: true,
    }),
    adjustmentRate: t.expose('adjustmentRate', {
      description: 'Adjustment rate in percent; null when there is no default.',
      type: 'Rate',
      nullable: true,
    }),
    adjustmentAmount: t.field({
      description: 'Adjustment amount in rand; null when there is no default.',
      type: 'Money',
      nullable: true,
      resolve: ({ adjustmentAmountCents }) => adjustmentAmountCents,
    }),
    approvalWindow: t.expose('approvalWindow', {
      description: 'Approval window for the debtor, DebiCheck only.',
      type: ApprovalWindowRef,
    }),
  }),
});

builder.prismaObjectFields(PaymentMethodRef, (t) => ({
  requirements: t.field({
    type: MethodRequirementsRef,
    description: 'Requirements of the method for customer, bank account, mandate and payment.',
    select: { type: true, providerBank: true },
    resolve: ({ type, providerBank }) => {
      const variant = variantOf(type, providerBank);
      return { variant, rules: METHOD_RULES[variant], resubmission: resubmissionOf(variant, providerBank) };
    },
  }),
  supportedBanks: t.field({
    type: [BankRef],
    description: 'Banks whose accounts the method accepts; empty when it uses no bank account.',
    select: { type: true, providerBank: true },
    resolve: ({ type, providerBank }) => banksOf(variantOf(type, providerBank)),
  }),
  debicheckDefaults: t.field({
    type: DebicheckDefaultsRef,
    nullable: true,
    description: 'Default terms of new mandates; null unless the method is for DebiCheck or registered mandates.',
    select: { type: true, providerBank: true, debicheckDefaults: true },
    resolve: ({ type, providerBank, debicheckDefaults }) =>
      METHOD_MATRIX['mandate.debicheck'][variantOf(type, providerBank)] === 'FORBIDDEN'
        ? null
        : ((debicheckDefaults as DebicheckDefaults | null) ?? DEBICHECK_DEFAULTS),
  }),
}));
