import type { MandateTerms } from '../../domain/mandate/mandate.ts';
import { builder } from '../builder.ts';
import { AdjustmentCategoryRef, AdjustmentTypeRef, FirstCollectionModeRef } from '../enums/mandate.ts';
import { PaymentIntervalRef } from '../enums/payment.ts';

/** Terms as they are shown: days as dates. */
export type ShownTerms = Omit<MandateTerms, 'dateRelease' | 'processDate' | 'firstDate'> & {
  readonly [Day in 'dateRelease' | 'processDate' | 'firstDate']: Date | null;
};

/** The columns that terms are read from. */
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

/** The terms of a mandate, with changes that are asked for. */
export function shownTerms(row: object, changes: Partial<MandateTerms> = {}): ShownTerms {
  const days = DAYS.flatMap((name) => {
    const day = changes[name];
    return day === undefined ? [] : [[name, day === null ? null : new Date(day)]];
  });
  return { ...(row as ShownTerms), ...changes, ...Object.fromEntries(days) } as ShownTerms;
}

export const MandateRecurringRef = builder.objectRef<ShownTerms>('MandateRecurring').implement({
  description: 'When a recurring mandate is collected.',
  fields: (t) => ({
    processDay: t.int({
      description:
        'Day of the month, 1 to 31, clamped to its last; for WEEKLY and FORTNIGHTLY day of the week, Monday 1.',
      resolve: ({ processDay }) => processDay ?? 1,
    }),
    interval: t.field({
      description: 'How often.',
      type: PaymentIntervalRef,
      resolve: ({ interval }) => interval ?? 'MONTHLY',
    }),
    dateRelease: t.expose('dateRelease', { type: 'Date', nullable: true, description: 'When the mandate ends.' }),
  }),
});

export const MandateOneTimeRef = builder.objectRef<{ processDate: Date }>('MandateOneTime').implement({
  description: 'When a one-time mandate is collected.',
  fields: (t) => ({ processDate: t.expose('processDate', { description: 'The day.', type: 'Date' }) }),
});

export const MandateDebicheckRef = builder.objectRef<ShownTerms>('MandateDebicheck').implement({
  description: 'What debtor or bank have authorised besides, for DebiCheck and registered mandates.',
  fields: (t) => ({
    maximumCollectionAmount: t.field({
      description: 'The most of one collection; at most 1.5 times the amount when it was agreed.',
      type: 'Money',
      resolve: ({ maximumAmountCents }) => maximumAmountCents ?? 0,
    }),
    firstCollectionAmount: t.field({
      description: 'What is collected first, when that is agreed apart.',
      type: 'Money',
      nullable: true,
      resolve: ({ firstAmountCents }) => firstAmountCents,
    }),
    firstCollectionDate: t.field({
      description: 'When.',
      type: 'Date',
      nullable: true,
      resolve: ({ firstDate }) => firstDate,
    }),
    firstCollectionMode: t.field({
      description: 'What it is to the regular ones.',
      type: FirstCollectionModeRef,
      nullable: true,
      resolve: ({ firstMode }) => firstMode,
    }),
    allowDateAdjustment: t.boolean({
      description: 'Whether it may be collected on another day than its own.',
      resolve: ({ allowDateAdjustment }) => allowDateAdjustment ?? false,
    }),
    allowVariableAmount: t.boolean({
      description: 'Whether another amount than its own may be collected, up to the maximum.',
      resolve: ({ allowVariableAmount }) => allowVariableAmount ?? false,
    }),
    allowPaymentTracking: t.boolean({
      description: 'Whether the bank may watch an account without funds.',
      resolve: ({ allowPaymentTracking }) => allowPaymentTracking ?? false,
    }),
    paymentTrackingMaxDays: t.exposeInt('paymentTrackingMaxDays', {
      description: 'For so many days after the action date, 1 to 10; null without tracking.',
      nullable: true,
    }),
    adjustmentCategory: t.field({
      description: 'How often amount and maximum change.',
      type: AdjustmentCategoryRef,
      resolve: ({ adjustmentCategory }) => adjustmentCategory ?? 'NEVER',
    }),
    adjustmentType: t.field({
      description: 'By what.',
      type: AdjustmentTypeRef,
      nullable: true,
      resolve: ({ adjustmentType }) => adjustmentType,
    }),
    adjustmentRate: t.expose('adjustmentRate', { description: 'In percent.', type: 'Rate', nullable: true }),
    adjustmentAmount: t.field({
      description: 'In rand.',
      type: 'Money',
      nullable: true,
      resolve: ({ adjustmentAmountCents }) => adjustmentAmountCents,
    }),
  }),
});

/** What of the terms is null by their kind. */
export function recurringOf(terms: ShownTerms): ShownTerms | null {
  return terms.processDay === null ? null : terms;
}

export function oneTimeOf({ processDate }: ShownTerms): { processDate: Date } | null {
  return processDate && { processDate };
}

export function debicheckOf(terms: ShownTerms): ShownTerms | null {
  return terms.maximumAmountCents === null ? null : terms;
}

/** Terms that await approval. */
export interface ShownAmendment {
  readonly terms: ShownTerms;
  readonly expiresAt: Date | null;
}

export const MandateAmendmentRef = builder.objectRef<ShownAmendment>('MandateAmendment').implement({
  description: 'A mandate as it is to be, once what was asked for is approved.',
  fields: (t) => ({
    amount: t.field({
      description: 'What would be collected each time.',
      type: 'Money',
      resolve: ({ terms }) => terms.amountCents,
    }),
    recurring: t.field({
      description: 'null for a one-time mandate.',
      type: MandateRecurringRef,
      nullable: true,
      resolve: ({ terms }) => recurringOf(terms),
    }),
    oneTime: t.field({
      description: 'null for a recurring mandate.',
      type: MandateOneTimeRef,
      nullable: true,
      resolve: ({ terms }) => oneTimeOf(terms),
    }),
    debicheck: t.field({
      description: 'What would be authorised besides.',
      type: MandateDebicheckRef,
      nullable: true,
      resolve: ({ terms }) => debicheckOf(terms),
    }),
    expiresAt: t.expose('expiresAt', {
      description: 'Until when the debtor can answer, on your clock; null where the bank answers when it does.',
      type: 'DateTime',
      nullable: true,
    }),
  }),
});
