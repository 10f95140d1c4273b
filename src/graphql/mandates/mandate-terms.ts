import { TRACKING_DAYS_MAX } from '../../domain/mandate/authorised-terms.ts';
import type { MandateTerms } from '../../domain/mandate/mandate.ts';
import { processDayMax } from '../../domain/schedule.ts';
import { builder } from '../builder.ts';
import { AdjustmentCategoryRef, AdjustmentTypeRef, FirstCollectionModeRef } from '../enums/mandate.ts';
import { PaymentIntervalRef } from '../enums/payment.ts';

/** Mandate terms for output, with civil dates as `Date` values. */
export type ShownTerms = Omit<MandateTerms, 'dateRelease' | 'processDate' | 'firstDate'> & {
  readonly [Day in 'dateRelease' | 'processDate' | 'firstDate']: Date | null;
};

/** Database columns of the mandate terms. */
export const TERM_COLUMNS = {
  amountCents: true,
  paymentIndustry: true,
  processDay: true,
  interval: true,
  dateRelease: true,
  processDate: true,
  maximumAmountCents: true,
  firstAmountCents: true,
  firstDate: true,
  firstMode: true,
  allowDateAdjustment: true,
  allowVariableAmount: true,
  allowPaymentTracking: true,
  paymentTrackingMaxDays: true,
  adjustmentCategory: true,
  adjustmentType: true,
  adjustmentRate: true,
  adjustmentAmountCents: true,
} as const satisfies Record<keyof ShownTerms, true>;

const DAYS = ['dateRelease', 'processDate', 'firstDate'] as const;

/** Returns the terms of a mandate row with the given changes applied. */
export function shownTerms(row: object, changes: Partial<MandateTerms> = {}): ShownTerms {
  const days = DAYS.flatMap((name) => {
    const day = changes[name];
    return day === undefined ? [] : [[name, day === null ? null : new Date(day)]];
  });
  return { ...(row as ShownTerms), ...changes, ...Object.fromEntries(days) } as ShownTerms;
}

export const MandateRecurringRef = builder.objectRef<ShownTerms>('MandateRecurring').implement({
  description: 'Schedule of a recurring mandate.',
  fields: (t) => ({
    processDay: t.int({
      description: `Day of the month, 1–${processDayMax('MONTHLY')} (the last day in a shorter month), or of the week, 1–${processDayMax('WEEKLY')} with Monday as 1, for WEEKLY and FORTNIGHTLY.`,
      resolve: ({ processDay }) => processDay ?? 1,
    }),
    interval: t.field({
      description: 'Interval between two collections.',
      type: PaymentIntervalRef,
      resolve: ({ interval }) => interval ?? 'MONTHLY',
    }),
    dateRelease: t.expose('dateRelease', {
      type: 'Date',
      nullable: true,
      description: 'Last day of the mandate (civil date in Johannesburg); null if it is open-ended.',
    }),
  }),
});

export const MandateOneTimeRef = builder.objectRef<{ processDate: Date }>('MandateOneTime').implement({
  description: 'Date of a one-time mandate.',
  fields: (t) => ({
    processDate: t.expose('processDate', {
      description: 'Agreed date of collection (civil date in Johannesburg).',
      type: 'Date',
    }),
  }),
});

export const MandateDebicheckRef = builder.objectRef<ShownTerms>('MandateDebicheck').implement({
  description: 'Terms authorised by the debtor or the bank, for DebiCheck and registered mandates.',
  fields: (t) => ({
    maximumCollectionAmount: t.field({
      description:
        'Maximum amount of one collection, in rand; at most one and a half times the amount at the time it was agreed.',
      type: 'Money',
      resolve: ({ maximumAmountCents }) => maximumAmountCents ?? 0,
    }),
    firstCollectionAmount: t.field({
      description: 'Amount of the first collection, in rand; null if none was agreed separately.',
      type: 'Money',
      nullable: true,
      resolve: ({ firstAmountCents }) => firstAmountCents,
    }),
    firstCollectionDate: t.field({
      description: 'Date of the first collection (civil date in Johannesburg); null if none was agreed separately.',
      type: 'Date',
      nullable: true,
      resolve: ({ firstDate }) => firstDate,
    }),
    firstCollectionMode: t.field({
      description: 'Relation of the first collection to the regular ones; null if none was agreed separately.',
      type: FirstCollectionModeRef,
      nullable: true,
      resolve: ({ firstMode }) => firstMode,
    }),
    allowDateAdjustment: t.boolean({
      description: 'Whether collections may be made on another day than the agreed one.',
      resolve: ({ allowDateAdjustment }) => allowDateAdjustment ?? false,
    }),
    allowVariableAmount: t.boolean({
      description: 'Whether collections may have another amount, up to the maximum.',
      resolve: ({ allowVariableAmount }) => allowVariableAmount ?? false,
    }),
    allowPaymentTracking: t.boolean({
      description: 'Whether the bank may track the account when funds are insufficient.',
      resolve: ({ allowPaymentTracking }) => allowPaymentTracking ?? false,
    }),
    paymentTrackingMaxDays: t.exposeInt('paymentTrackingMaxDays', {
      description: `Maximum number of days of tracking after the action date, 1–${TRACKING_DAYS_MAX}; null without tracking.`,
      nullable: true,
    }),
    adjustmentCategory: t.field({
      description: 'How often amount and maximum are adjusted.',
      type: AdjustmentCategoryRef,
      resolve: ({ adjustmentCategory }) => adjustmentCategory ?? 'NEVER',
    }),
    adjustmentType: t.field({
      description: 'Kind of adjustment, rate or amount; null without an adjustment.',
      type: AdjustmentTypeRef,
      nullable: true,
      resolve: ({ adjustmentType }) => adjustmentType,
    }),
    adjustmentRate: t.expose('adjustmentRate', {
      description: 'Rate of each adjustment, in percent; null if none is set.',
      type: 'Rate',
      nullable: true,
    }),
    adjustmentAmount: t.field({
      description: 'Amount of each adjustment, in rand; null if none is set.',
      type: 'Money',
      nullable: true,
      resolve: ({ adjustmentAmountCents }) => adjustmentAmountCents,
    }),
  }),
});

/** Returns the terms of a recurring mandate; null for a one-time mandate. */
export function recurringOf(terms: ShownTerms): ShownTerms | null {
  return terms.processDay === null ? null : terms;
}

/** Returns the collection date of a one-time mandate; null for a recurring mandate. */
export function oneTimeOf({ processDate }: ShownTerms): { processDate: Date } | null {
  return processDate && { processDate };
}

/** Returns the authorised terms of a DebiCheck or registered mandate; null for EFT. */
export function debicheckOf(terms: ShownTerms): ShownTerms | null {
  return terms.maximumAmountCents === null ? null : terms;
}

/** The terms of a mandate with a pending amendment applied, and the deadline for its approval. */
export interface ShownAmendment {
  readonly terms: ShownTerms;
  readonly expiresAt: Date | null;
}

export const MandateAmendmentRef = builder.objectRef<ShownAmendment>('MandateAmendment').implement({
  description: 'Terms of a mandate once its pending amendment is approved.',
  fields: (t) => ({
    amount: t.field({
      description: 'Amount of each collection, in rand.',
      type: 'Money',
      resolve: ({ terms }) => terms.amountCents,
    }),
    recurring: t.field({
      description: 'Schedule of a recurring mandate; null for a one-time mandate.',
      type: MandateRecurringRef,
      nullable: true,
      resolve: ({ terms }) => recurringOf(terms),
    }),
    oneTime: t.field({
      description: 'Date of a one-time mandate; null for a recurring mandate.',
      type: MandateOneTimeRef,
      nullable: true,
      resolve: ({ terms }) => oneTimeOf(terms),
    }),
    debicheck: t.field({
      description: 'Terms to be authorised by the debtor or the bank.',
      type: MandateDebicheckRef,
      nullable: true,
      resolve: ({ terms }) => debicheckOf(terms),
    }),
    expiresAt: t.expose('expiresAt', {
      description:
        "Deadline for the debtor's approval (UTC, on the merchant's clock); null for a registered mandate, whose bank has no deadline.",
      type: 'DateTime',
      nullable: true,
    }),
  }),
});
