import { RATE_MAX_PERCENT } from '../../domain/mandate/adjustment.ts';
import { TRACKING_DAYS_MAX } from '../../domain/mandate/authorised-terms.ts';
import { CONTRACT_REFERENCE_LENGTH_MAX, type MandateRecord, REFERENCE_LENGTH_MAX } from '../../domain/mandate/parse.ts';
import type { CreateMandateRecord } from '../../domain/mandate/plan.ts';
import type { UpdateMandateRecord } from '../../domain/mandate/read-change.ts';
import { processDayMax } from '../../domain/schedule.ts';
import type { ConvertMandateRecord } from '../../services/mandates/convert-mandates.ts';
import { clientKeyField, type InputFieldBuilder, recordInput, targetFields } from '../batch/record-input.ts';
import { builder } from '../builder.ts';
import {
  AdjustmentCategoryRef,
  AdjustmentTypeRef,
  ApprovalWindowRef,
  FirstCollectionModeRef,
  MandateStatusRef,
} from '../enums/mandate.ts';
import { PaymentIndustryRef, PaymentIntervalRef } from '../enums/payment.ts';
import { externalIdField } from '../external-id.ts';
import { REASON_LENGTH_MAX } from '../reason.ts';

const MandateRecurringInput = builder.inputType('MandateRecurringInput', {
  description: 'Schedule of a recurring mandate.',
  fields: (t) => ({
    processDay: t.int({
      description: `Day of the month, 1–${processDayMax('MONTHLY')} (the last day in a shorter month), or of the week, 1–${processDayMax('WEEKLY')} with Monday as 1, for WEEKLY and FORTNIGHTLY. Required for a new mandate.`,
    }),
    interval: t.field({
      type: PaymentIntervalRef,
      description: 'Interval between two collections; a new mandate defaults to MONTHLY.',
    }),
    dateRelease: t.field({
      type: 'Date',
      description:
        'Last day of the mandate (civil date in Johannesburg); must not be in the past. A mandate without it is open-ended; null removes it from an EFT mandate.',
    }),
  }),
});

const MandateOneTimeInput = builder.inputType('MandateOneTimeInput', {
  description: 'Date of a one-time mandate.',
  fields: (t) => ({
    processDate: t.field({
      type: 'Date',
      description:
        'Agreed date of collection (civil date in Johannesburg); must not be in the past. Required for a new mandate; cannot change once a transaction exists.',
    }),
  }),
});

const MandateDebicheckInput = builder.inputType('MandateDebicheckInput', {
  description:
    'Terms that the debtor or the bank authorises, for DebiCheck and registered mandates. Absent fields of a new mandate default to the settings of the payment method.',
  fields: (t) => ({
    maximumCollectionAmount: t.field({
      type: 'Money',
      description:
        'Maximum amount of one collection, in rand: at least the amount, at most one and a half times it. Required for a new mandate.',
    }),
    firstCollectionAmount: t.field({
      type: 'Money',
      description:
        'Amount of the first collection, in rand, at most `maximumCollectionAmount`. Set together with `firstCollectionDate`.',
    }),
    firstCollectionDate: t.field({
      type: 'Date',
      description:
        'Date of the first collection (civil date in Johannesburg). Set together with `firstCollectionAmount`.',
    }),
    firstCollectionMode: t.field({
      type: FirstCollectionModeRef,
      description:
        'Relation of the first collection to the regular ones; defaults to REPLACES_INSTALMENT for a new mandate.',
    }),
    allowDateAdjustment: t.boolean({
      description: 'Whether collections may be made on another day than the agreed one.',
    }),
    allowVariableAmount: t.boolean({
      description:
        'Whether collections may have another amount, up to the maximum; must be true for a mandate with an adjustment.',
    }),
    allowPaymentTracking: t.boolean({
      description: 'Whether the bank may track the account when funds are insufficient.',
    }),
    paymentTrackingMaxDays: t.int({
      description: `Maximum number of days of tracking after the action date, 1–${TRACKING_DAYS_MAX}. Required if \`allowPaymentTracking\` is true and the payment method has no default; otherwise refused unless it is true.`,
    }),
    adjustmentCategory: t.field({
      type: AdjustmentCategoryRef,
      description: 'How often amount and maximum are adjusted; null in an update means NEVER.',
    }),
    adjustmentType: t.field({
      type: AdjustmentTypeRef,
      description: 'Kind of adjustment. Defaults to AMOUNT if `adjustmentAmount` is set, otherwise to RATE.',
    }),
    adjustmentRate: t.field({
      type: 'Rate',
      description: `Rate of each adjustment, in percent, with at most five decimal places, e.g. "5.12345": more than -${RATE_MAX_PERCENT}, at most ${RATE_MAX_PERCENT}; "0" means none. Excludes \`adjustmentAmount\`.`,
    }),
    adjustmentAmount: t.field({
      type: 'Money',
      description:
        'Amount of each adjustment, in rand, possibly negative; "0.00" means none. Excludes `adjustmentRate`.',
    }),
    approvalWindow: t.field({
      type: ApprovalWindowRef,
      description: 'Approval window, for DebiCheck only; cannot be changed by an update.',
    }),
  }),
});

/** Returns the input fields for the terms of a mandate; the description of the amount starts with `amount`. */
export function termFields(t: InputFieldBuilder, amount: string) {
  return {
    amount: t.field({ type: 'Money', description: `${amount}Amount of each collection, in rand; more than zero.` }),
    reference: t.string({
      description: `Your own reference of the mandate; at most ${REFERENCE_LENGTH_MAX} characters.`,
    }),
    paymentIndustry: t.field({
      type: PaymentIndustryRef,
      description: 'Purpose of the collections (entry class); a new mandate defaults to that of the payment method.',
    }),
    recurring: t.field({
      description: 'Schedule of a recurring mandate; excludes `oneTime`.',
      type: MandateRecurringInput,
    }),
    oneTime: t.field({ description: 'Date of a one-time mandate; excludes `recurring`.', type: MandateOneTimeInput }),
    debicheck: t.field({
      description: 'Authorised terms of a DebiCheck or registered mandate; refused for EFT.',
      type: MandateDebicheckInput,
    }),
  };
}

function contractReferenceField(t: InputFieldBuilder) {
  return t.string({
    description: `Contract reference, at most ${CONTRACT_REFERENCE_LENGTH_MAX} characters. Unique, and not reusable after the mandate ends. Required for DebiCheck and registered mandates unless \`generateContractReference\` is true.`,
  });
}

/** Returns the input fields of a new mandate. */
function newFields(t: InputFieldBuilder) {
  return {
    ...termFields(t, 'Required. '),
    externalId: externalIdField(t),
    contractReference: contractReferenceField(t),
    generateContractReference: t.boolean({
      description: 'Whether to generate a contract reference; excludes `contractReference`.',
    }),
    status: t.field({
      type: MandateStatusRef,
      description:
        'Initial status of an EFT mandate: ACTIVE (the default) or DISABLED. Refused for other mandates, which start PENDING.',
    }),
  };
}

export const MandateInput = recordInput<MandateRecord>('MandateInput', {
  description: 'A mandate created with a payment. Set exactly one of `recurring` and `oneTime`.',
  fields: (t) => newFields(t),
});

export const CreateMandateInput = recordInput<CreateMandateRecord>('CreateMandateInput', {
  description: 'A mandate to create. Set exactly one of `recurring` and `oneTime`.',
  fields: (t) => ({
    clientKey: clientKeyField(t),
    customerId: t.id({
      required: true,
      description: 'Customer that grants the mandate; must be ACTIVE and not blacklisted.',
    }),
    bankAccountId: t.id({
      required: true,
      description: 'Bank account to debit; must belong to the customer and be ACTIVE.',
    }),
    paymentMethodId: t.id({ required: true, description: 'Payment method used for the collections.' }),
    ...newFields(t),
  }),
});

export const UpdateMandateInput = recordInput<UpdateMandateRecord>('UpdateMandateInput', {
  description:
    'Changes to one mandate. Absent fields are left unchanged. EFT mandates change immediately. DebiCheck and registered mandates: `reference` and `paymentIndustry` change immediately; the maximum and the adjustment change immediately and the debtor is notified; any other change needs approval and becomes an amendment, which then includes the maximum and the adjustment. The old terms apply until it is approved.',
  fields: (t) => ({
    ...targetFields(t, 'mandate'),
    ...termFields(t, ''),
    reason: t.string({
      description: `Reason recorded with the events of this change; at most ${REASON_LENGTH_MAX} characters.`,
    }),
  }),
});

export const ConvertMandateInput = recordInput<ConvertMandateRecord>('ConvertMandateInput', {
  description: 'An expired DebiCheck mandate to convert into a registered mandate.',
  fields: (t) => ({
    ...targetFields(t, 'mandate', 'Unique identifier of the expired mandate.'),
    paymentMethodId: t.id({ description: 'Payment method of type REGISTERED_MANDATE.', required: true }),
    contractReference: t.string({
      description: `New contract reference, at most ${CONTRACT_REFERENCE_LENGTH_MAX} characters, never used before. Generated if absent.`,
    }),
  }),
});
