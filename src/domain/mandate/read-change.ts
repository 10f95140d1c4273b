import type { Calendar } from '../calendar.ts';
import type { Target } from '../decide-each.ts';
import { invalid, methodMismatch, refused } from '../errors.ts';
import { readFields, type Unvalidated } from '../fields.ts';
import type { Findings } from '../findings.ts';
import { METHOD_MATRIX, variantOf } from '../method/matrix.ts';
import { formatAmount } from '../money.ts';
import type { PaymentIndustry } from '../payment-industries.ts';
import { type PaymentInterval, processDayMax } from '../schedule.ts';
import { formatRate } from './adjustment.ts';
import { DEBICHECK_DEFAULTS, type DebicheckRecord, parseDebicheck } from './authorised-terms.ts';
import { isAuthorised, type KnownMandate, type MandateTerms, type MandateTiming } from './mandate.ts';
import { REFERENCE_LENGTH_MAX, refusePast } from './parse.ts';

/** Input of a mandate change, not validated: an absent field is kept, null clears it where that is possible. */
export interface UpdateMandateRecord extends Target, Unvalidated {
  readonly paymentIndustry?: PaymentIndustry | null | undefined;
  readonly recurring?: (Unvalidated & { readonly interval?: PaymentInterval | null | undefined }) | null | undefined;
  readonly oneTime?: Unvalidated | null | undefined;
  readonly debicheck?: DebicheckRecord | null | undefined;
}

/** Fields of a mandate that can change. */
export type Changeable = MandateTerms & Pick<KnownMandate, 'reference'>;

/** Which collections were made under the mandate; they make its dates immutable. */
export interface Collected {
  /** Whether the separate first collection was made. */
  readonly first: boolean;
  /** Whether any collection was made. */
  readonly any: boolean;
}

/** Returns the mandate as it would be after a change; every error of the change is added to the findings. */
export function readChange(
  mandate: KnownMandate,
  record: UpdateMandateRecord,
  collected: Collected,
  calendar: Calendar,
  findings: Findings,
): Changeable {
  refuseNulls(record, ['amount', 'paymentIndustry', 'recurring', 'oneTime', 'debicheck'], findings);
  const fields = readFields(record, findings);
  const amountCents = fields.amount('amount') ?? mandate.amountCents;
  const timing = readTiming(mandate, record, collected, calendar, findings);
  const reference =
    record['reference'] === undefined
      ? mandate.reference
      : fields.text('reference', { max: REFERENCE_LENGTH_MAX, isReference: true });
  const authorised = readAuthorised(mandate, record, { amountCents, timing, collected, calendar }, findings);
  const paymentIndustry = record.paymentIndustry ?? mandate.paymentIndustry;
  return { ...mandate, ...timing, ...authorised, reference, amountCents, paymentIndustry };
}

/** Adds an error for each named field that is null, because it cannot be cleared. */
function refuseNulls(record: Unvalidated, names: readonly string[], findings: Findings): void {
  const { path, errors } = findings;
  for (const name of names) {
    if (record[name] === null)
      errors.push(refused('NOT_CLEARABLE', [...path, name], 'This field cannot be cleared: omit it or set a value.'));
  }
}

function readTiming(
  mandate: KnownMandate,
  record: UpdateMandateRecord,
  collected: Collected,
  calendar: Calendar,
  findings: Findings,
): MandateTiming {
  const { path, errors } = findings;
  const { recurring, oneTime } = record;
  const isRecurring = mandate.processDate === null;
  const wrong = isRecurring ? oneTime && 'oneTime' : recurring && 'recurring';
  if (wrong) {
    const message = 'A mandate cannot be converted between recurring and one-time: create a new mandate.';
    errors.push(invalid([...path, wrong], 'no_conversion', message));
    return mandate;
  }
  if (recurring) return readRecurring(mandate, recurring, calendar, findings.at('recurring'));
  return oneTime ? readOneTime(mandate, oneTime, collected, calendar, findings.at('oneTime')) : mandate;
}

function readRecurring(
  mandate: KnownMandate,
  record: NonNullable<UpdateMandateRecord['recurring']>,
  { now }: Calendar,
  findings: Findings,
): MandateTiming {
  refuseNulls(
    record,
    isAuthorised(mandate) ? ['processDay', 'interval', 'dateRelease'] : ['processDay', 'interval'],
    findings,
  );
  const interval = record.interval ?? mandate.interval ?? 'MONTHLY';
  const merged = { processDay: mandate.processDay, ...withoutNulls(record) };
  const fields = readFields(merged, findings);
  const processDay = fields.integer('processDay', { min: 1, max: processDayMax(interval) });
  const isKept = record['dateRelease'] === undefined;
  const dateRelease = isKept ? mandate.dateRelease : readFields(record, findings).date('dateRelease');
  if (dateRelease !== mandate.dateRelease) {
    refusePast(dateRelease, now, findings.at('dateRelease'));
  }
  return { interval, processDay, dateRelease, processDate: null };
}

function readOneTime(
  mandate: KnownMandate,
  record: Unvalidated,
  { any }: Collected,
  { now }: Calendar,
  findings: Findings,
): MandateTiming {
  const { path, errors } = findings;
  const at = [...path, 'processDate'];
  refuseNulls(record, ['processDate'], findings);
  const processDate = readFields(record, findings).date('processDate') ?? mandate.processDate;
  if (processDate !== mandate.processDate) {
    refusePast(processDate, now, findings.of(at));
    if (any) errors.push(refused('NOT_MUTABLE', at, 'The date can no longer be changed: a transaction exists.'));
  }
  return { processDay: null, interval: null, dateRelease: null, processDate };
}

const FIRST_FIELDS = ['firstCollectionAmount', 'firstCollectionDate', 'firstCollectionMode'] as const;
const NOT_NULL = [
  ...FIRST_FIELDS,
  'maximumCollectionAmount',
  'allowDateAdjustment',
  'allowVariableAmount',
  'allowPaymentTracking',
] as const;

function readAuthorised(
  mandate: KnownMandate,
  { debicheck }: UpdateMandateRecord,
  around: {
    readonly amountCents: number;
    readonly timing: MandateTiming;
    readonly collected: Collected;
    readonly calendar: Calendar;
  },
  findings: Findings,
): Partial<MandateTerms> {
  const { path, errors } = findings;
  const variant = variantOf(mandate.methodType, mandate.providerBank);
  const at = [...path, 'debicheck'];
  if (METHOD_MATRIX['mandate.debicheck'][variant] === 'FORBIDDEN') {
    if (debicheck) errors.push(methodMismatch('METHOD_FORBIDS', at, `${variant} takes no debicheck object.`));
    return {};
  }
  const change = debicheck ?? {};
  refuseNulls(change, NOT_NULL, findings.of(at));
  if (change.approvalWindow && change.approvalWindow !== mandate.approvalWindow) {
    const message = 'The approval window is set when a mandate is submitted or resubmitted; it cannot be updated.';
    errors.push(refused('NOT_MUTABLE', [...at, 'approvalWindow'], message));
  }
  const { collected, ...surroundings } = around;
  if (collected.first) {
    for (const name of FIRST_FIELDS.filter((field) => (change[field] ?? null) !== null)) {
      errors.push(
        refused(
          'NOT_MUTABLE',
          [...at, name],
          'The first collection was already made; its terms can no longer be changed.',
        ),
      );
    }
  }
  const merged = merge(mandate, change);
  const standing = { ...surroundings, variant, standing: mandate };
  const parsed = parseDebicheck(merged, DEBICHECK_DEFAULTS, standing, findings.of(at));
  if (!parsed) return {};
  const { approvalWindow: _window, ...terms } = parsed;
  return terms;
}

/** Returns the `debicheck` object after the change, without the values that the change makes meaningless. */
function merge(mandate: KnownMandate, change: DebicheckRecord): DebicheckRecord {
  const given = withoutNulls(change);
  const stopsTracking = change.allowPaymentTracking === false || change['paymentTrackingMaxDays'] === null;
  const isAdjustmentGiven =
    change.adjustmentCategory !== undefined ||
    change.adjustmentType !== undefined ||
    change['adjustmentRate'] !== undefined ||
    change['adjustmentAmount'] !== undefined;
  return {
    ...firstOf(mandate),
    maximumCollectionAmount: amountText(mandate.maximumAmountCents),
    allowDateAdjustment: mandate.allowDateAdjustment,
    allowVariableAmount: mandate.allowVariableAmount,
    allowPaymentTracking: mandate.allowPaymentTracking,
    ...(stopsTracking ? {} : { paymentTrackingMaxDays: mandate.paymentTrackingMaxDays }),
    ...(isAdjustmentGiven ? { adjustmentCategory: categoryOf(mandate, change) } : adjustmentOf(mandate)),
    ...given,
  };
}

/** Returns the new category: kept if absent, NEVER if null. The other fields of an adjustment are replaced together. */
function categoryOf(mandate: KnownMandate, { adjustmentCategory }: DebicheckRecord) {
  if (adjustmentCategory === null) return 'NEVER';
  return adjustmentCategory ?? mandate.adjustmentCategory;
}

function firstOf({ firstAmountCents, firstDate, firstMode }: KnownMandate): DebicheckRecord {
  return {
    firstCollectionAmount: amountText(firstAmountCents),
    firstCollectionDate: firstDate,
    firstCollectionMode: firstMode,
  };
}

function adjustmentOf(mandate: KnownMandate): DebicheckRecord {
  const { adjustmentCategory, adjustmentType, adjustmentRate, adjustmentAmountCents } = mandate;
  return {
    adjustmentCategory,
    adjustmentType,
    adjustmentRate: adjustmentRate === null ? null : formatRate(adjustmentRate),
    adjustmentAmount: amountText(adjustmentAmountCents),
  };
}

function amountText(cents: number | null): string | null {
  return cents === null ? null : formatAmount(cents);
}

function withoutNulls(record: Unvalidated): Unvalidated {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null && value !== undefined));
}
