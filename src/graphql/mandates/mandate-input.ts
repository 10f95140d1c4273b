import { CONTRACT_REFERENCE_LENGTH_MAX, type MandateRecord, REFERENCE_LENGTH_MAX } from '../../domain/mandate/parse.ts';
import type { CreateMandateRecord } from '../../domain/mandate/plan.ts';
import type { UpdateMandateRecord } from '../../domain/mandate/read-change.ts';
import type { ConvertMandateRecord } from '../../services/mandates/convert-mandates.ts';
import type { batchOptions } from '../batch/batch.ts';
import { builder } from '../builder.ts';
import {
  AdjustmentCategoryRef,
  AdjustmentTypeRef,
  ApprovalWindowRef,
  FirstCollectionModeRef,
  MandateStatusRef,
} from '../enums/mandate.ts';
import { PaymentIndustryRef, PaymentIntervalRef } from '../enums/payment.ts';

type InputBuilder = Parameters<typeof batchOptions>[0];

const MandateRecurringInput = builder.inputType('MandateRecurringInput', {
  description: 'When a recurring mandate is collected.',
  fields: (t) => ({
    processDay: t.int({
      description: '1 to 31; for WEEKLY and FORTNIGHTLY 1 to 7, Monday 1. Required of a new mandate.',
    }),
    interval: t.field({ type: PaymentIntervalRef, description: 'MONTHLY when absent from a new mandate.' }),
    dateRelease: t.field({ type: 'Date', description: 'When the mandate ends.' }),
  }),
});

const MandateOneTimeInput = builder.inputType('MandateOneTimeInput', {
  description: 'When a one-time mandate is collected.',
  fields: (t) => ({ processDate: t.field({ type: 'Date', description: 'Required of a new mandate.' }) }),
});

const MandateDebicheckInput = builder.inputType('MandateDebicheckInput', {
  description:
    "What debtor or bank authorise besides: for DebiCheck and registered mandates. What is absent from a new one is the payment method's.",
  fields: (t) => ({
    maximumCollectionAmount: t.field({
      type: 'Money',
      description: 'Required of a new one. At least the amount, at most 1.5 times it.',
    }),
    firstCollectionAmount: t.field({
      type: 'Money',
      description: 'With firstCollectionDate, or not at all. At most the maximum.',
    }),
    firstCollectionDate: t.field({ type: 'Date', description: 'With firstCollectionAmount, or not at all.' }),
    firstCollectionMode: t.field({
      type: FirstCollectionModeRef,
      description: 'REPLACES_INSTALMENT when absent from a new one.',
    }),
    allowDateAdjustment: t.boolean({ description: 'Whether it may be collected on another day than its own.' }),
    allowVariableAmount: t.boolean({
      description: 'Whether another amount may be collected, up to the maximum; required of what adjusts.',
    }),
    allowPaymentTracking: t.boolean({ description: 'Whether the bank may watch an account without funds.' }),
    paymentTrackingMaxDays: t.int({ description: 'For 1 to 10 days; with tracking alone.' }),
    adjustmentCategory: t.field({
      type: AdjustmentCategoryRef,
      description: 'How often amount and maximum change. null, in a change, is NEVER.',
    }),
    adjustmentType: t.field({ type: AdjustmentTypeRef, description: 'As rate or amount is given, when absent.' }),
    adjustmentRate: t.field({
      type: 'Rate',
      description:
        'In percent, with at most five decimals, as "5.12345"; "0" is none. Either this, or adjustmentAmount.',
    }),
    adjustmentAmount: t.field({
      type: 'Money',
      description: 'In rand; "0.00" is none. Either this, or adjustmentRate.',
    }),
    approvalWindow: t.field({ type: ApprovalWindowRef, description: 'How the debtor is asked; DebiCheck alone.' }),
  }),
});

function termFields(t: InputBuilder, amount: string) {
  return {
    amount: t.field({ type: 'Money', description: `${amount}More than zero.` }),
    reference: t.string({ description: `Your own. At most ${REFERENCE_LENGTH_MAX} characters.` }),
    paymentIndustry: t.field({ type: PaymentIndustryRef, description: "The payment method's when absent." }),
    recurring: t.field({ description: 'Either this, or oneTime.', type: MandateRecurringInput }),
    oneTime: t.field({ description: 'Either this, or recurring.', type: MandateOneTimeInput }),
    debicheck: t.field({ description: 'Not for EFT.', type: MandateDebicheckInput }),
  };
}

function contractReferenceField(t: InputBuilder) {
  return t.string({
    description: `Unique for ever. At most ${CONTRACT_REFERENCE_LENGTH_MAX} characters. Required of DebiCheck and registered mandates, unless it is generated.`,
  });
}

/** What is said of a new mandate. */
function newFields(t: InputBuilder) {
  return {
    ...termFields(t, 'Required. '),
    contractReference: contractReferenceField(t),
    generateContractReference: t.boolean({ description: 'Whether one is to be made.' }),
    status: t.field({
      type: MandateStatusRef,
      description: 'For EFT: ACTIVE when absent; may be DISABLED. The others start PENDING.',
    }),
  };
}

export const MandateInput = builder.inputRef<MandateRecord>('MandateInput').implement({
  description: 'A mandate to be made. Exactly one of recurring and oneTime.',
  fields: (t) => newFields(t as never) as never, // shared: Pothos checks the fields of a ref by name
});

export const CreateMandateInput = builder.inputRef<CreateMandateRecord>('CreateMandateInput').implement({
  description: 'A mandate to be made. Exactly one of recurring and oneTime.',
  fields: (t) =>
    ({
      clientKey: t.string({ description: 'Returned with the result.' }),
      customerId: t.id({ required: true, description: 'ACTIVE and not blacklisted.' }),
      bankAccountId: t.id({ required: true, description: "The customer's, and ACTIVE." }),
      paymentMethodId: t.id({ required: true, description: 'By which it is collected.' }),
      ...newFields(t as never),
    }) as never,
});

export const UpdateMandateInput = builder.inputRef<UpdateMandateRecord>('UpdateMandateInput').implement({
  description:
    'A change of a mandate: absent fields keep. EFT changes at once. Of the others, `reference` and `paymentIndustry` change at once; so do the maximum and the adjustment, of which the debtor is told, unless something changes with them that has to be approved: that is an amendment, and the old terms hold until then.',
  fields: (t) =>
    ({
      id: t.id({ description: 'Of the mandate.', required: true }),
      expectedVersion: t.int({ description: 'VERSION_CONFLICT when the mandate has changed since.' }),
      clientKey: t.string({ description: 'Returned with the result.' }),
      ...termFields(t as never, ''),
      reason: t.string({ description: 'Yours, shown with the events it causes. At most 256 characters.' }),
    }) as never,
});

export const ConvertMandateInput = builder.inputRef<ConvertMandateRecord>('ConvertMandateInput').implement({
  description: 'An expired DebiCheck mandate that is to become a registered one.',
  fields: (t) =>
    ({
      id: t.id({ description: 'Of the expired mandate.', required: true }),
      expectedVersion: t.int({ description: 'VERSION_CONFLICT when the mandate has changed since.' }),
      clientKey: t.string({ description: 'Returned with the result.' }),
      paymentMethodId: t.id({ description: 'One for registered mandates.', required: true }),
      contractReference: t.string({
        description: `A new one, unique for ever. At most ${CONTRACT_REFERENCE_LENGTH_MAX} characters. Made for you when absent.`,
      }),
    }) as never,
});
