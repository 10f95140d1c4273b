import type { Calendar } from '../calendar.ts';
import { tooLate } from '../clock-errors.ts';
import type { CivilDate } from '../dates.ts';
import { invalid, methodMismatch, type Path, refused, required, type UserError } from '../errors.ts';
import { readFields, type Unvalidated } from '../fields.ts';
import type { Findings } from '../findings.ts';
import { METHOD_MATRIX, type MethodVariant } from '../method/matrix.ts';
import { earliestActionDate, type FirstCollectionMode } from '../schedule.ts';
import { warning } from '../warnings.ts';
import { type AdjustmentCategory, type AdjustmentType, parseRate, RATE_MAX_PERCENT } from './adjustment.ts';
import type { ApprovalWindow } from './approval-window.ts';
import type { AuthorisedTerms, MandateTerms, MandateTiming } from './mandate.ts';

/** Input object `debicheck`: scalars are not validated yet, enum values are. */
export interface DebicheckRecord extends Unvalidated {
  readonly firstCollectionMode?: FirstCollectionMode | null | undefined;
  readonly allowDateAdjustment?: boolean | null | undefined;
  readonly allowVariableAmount?: boolean | null | undefined;
  readonly allowPaymentTracking?: boolean | null | undefined;
  readonly adjustmentCategory?: AdjustmentCategory | null | undefined;
  readonly adjustmentType?: AdjustmentType | null | undefined;
  readonly approvalWindow?: ApprovalWindow | null | undefined;
}

/** Defaults of a payment method for absent fields of a mandate (DOMAIN §1.3). */
export interface DebicheckDefaults {
  readonly allowDateAdjustment: boolean;
  readonly allowVariableAmount: boolean;
  readonly allowPaymentTracking: boolean;
  readonly paymentTrackingMaxDays: number | null;
  readonly adjustmentCategory: AdjustmentCategory;
  readonly adjustmentType: AdjustmentType | null;
  readonly adjustmentRate: number | null;
  readonly adjustmentAmountCents: number | null;
  readonly approvalWindow: ApprovalWindow;
}

/** Defaults of a payment method that sets none. */
export const DEBICHECK_DEFAULTS: DebicheckDefaults = {
  allowDateAdjustment: false,
  allowVariableAmount: false,
  allowPaymentTracking: false,
  paymentTrackingMaxDays: null,
  adjustmentCategory: 'NEVER',
  adjustmentType: null,
  adjustmentRate: null,
  adjustmentAmountCents: null,
  approvalWindow: 'BATCH_TT2_APPROVE_BY_19H00_ON_DAY_2',
};

/** Maximum number of days, after the action date, for which the bank tracks an account for funds (DOMAIN §6.4). */
export const TRACKING_DAYS_MAX = 10;

/** Other fields of the mandate that the object is validated against. */
interface Surroundings {
  readonly variant: MethodVariant;
  readonly amountCents: number | null;
  readonly timing: MandateTiming | null;
  readonly calendar: Calendar;
  /** Whether the terms were authorised before: the first collection may be past. */
  readonly isAuthorised?: boolean;
  /** Current terms, validated when they were agreed: only changed values are validated again. */
  readonly standing?: Pick<MandateTerms, 'amountCents' | 'maximumAmountCents' | 'firstAmountCents' | 'firstDate'>;
}

/** Returns the validated `debicheck` object, or null with the errors in the findings (DOMAIN §6.1 to §6.4). */
export function parseDebicheck(
  record: DebicheckRecord,
  defaults: DebicheckDefaults,
  surroundings: Surroundings,
  findings: Findings,
): (AuthorisedTerms & { readonly approvalWindow: ApprovalWindow | null }) | null {
  const { errors } = findings;
  const before = errors.length;
  const { variant } = surroundings;
  const allowVariableAmount = record.allowVariableAmount ?? defaults.allowVariableAmount;
  const maximumAmountCents = parseMaximum(record, surroundings, findings);
  const first = parseFirst(record, maximumAmountCents, surroundings, findings);
  const tracking = parseTracking(record, defaults, findings);
  const adjustment = parseAdjustment(record, defaults, allowVariableAmount, findings);
  if (errors.length > before) return null;
  return {
    maximumAmountCents,
    ...first,
    ...tracking,
    ...adjustment,
    allowDateAdjustment: record.allowDateAdjustment ?? defaults.allowDateAdjustment,
    allowVariableAmount,
    approvalWindow:
      METHOD_MATRIX['mandate.debicheck.approvalWindow'][variant] === 'FORBIDDEN'
        ? null
        : (record.approvalWindow ?? defaults.approvalWindow),
  };
}

/** Checks that the maximum is at least the instalment and at most 1.5 times it, compared exactly (DOMAIN §6.1). */
export function checkMaximum(amountCents: number, maximumCents: number, findings: Findings): void {
  const { path, errors } = findings;
  if (maximumCents < amountCents) {
    errors.push(invalid(path, 'maximum_at_least_amount', 'The maximum must be at least the amount.'));
  }
  if (maximumCents * 2 > amountCents * 3) {
    errors.push(invalid(path, 'maximum_within_one_and_a_half', 'The maximum must be at most 1.5 times the amount.'));
  }
}

function parseMaximum(
  record: DebicheckRecord,
  { variant, amountCents, standing }: Surroundings,
  findings: Findings,
): number | null {
  const { path, errors } = findings;
  const at = [...path, 'maximumCollectionAmount'];
  if ((record['maximumCollectionAmount'] ?? null) === null) {
    errors.push(methodMismatch('METHOD_REQUIRES', at, `${variant} mandates require a maximum collection amount.`));
    return null;
  }
  const maximum = readFields(record, findings).amount('maximumCollectionAmount');
  const stands = standing?.amountCents === amountCents && standing.maximumAmountCents === maximum;
  if (maximum !== null && amountCents !== null && !stands) checkMaximum(amountCents, maximum, findings.of(at));
  return maximum;
}

type First = Pick<AuthorisedTerms, 'firstAmountCents' | 'firstDate' | 'firstMode'>;

/**
 * Amount and date are required together: the amount at most the maximum, the date not past its cut-off and not after
 * the last day of the mandate (DOMAIN §6.2).
 */
function parseFirst(
  record: DebicheckRecord,
  maximumCents: number | null,
  { timing, calendar, isAuthorised, standing }: Surroundings,
  findings: Findings,
): First {
  const { path, errors } = findings;
  const fields = readFields(record, findings);
  const firstAmountCents = fields.amount('firstCollectionAmount');
  const firstDate = fields.date('firstCollectionDate');
  const hasAmount = (record['firstCollectionAmount'] ?? null) !== null;
  const hasDate = (record['firstCollectionDate'] ?? null) !== null;
  if (hasAmount !== hasDate) {
    const missing = hasAmount ? 'firstCollectionDate' : 'firstCollectionAmount';
    errors.push(required([...path, missing], 'Set firstCollectionAmount and firstCollectionDate together.'));
  }
  if (!hasAmount && record.firstCollectionMode) {
    errors.push(
      required([...path, 'firstCollectionAmount'], 'firstCollectionMode requires a first collection amount.'),
    );
  }
  const isAgreed = firstAmountCents === standing?.firstAmountCents && firstDate === standing.firstDate;
  if (!isAgreed && firstAmountCents !== null && maximumCents !== null && firstAmountCents > maximumCents) {
    const message = 'The first collection must be at most the maximum.';
    errors.push(invalid([...path, 'firstCollectionAmount'], 'first_within_maximum', message));
  }
  if (firstDate !== null) {
    const at = [...path, 'firstCollectionDate'];
    if (!isAuthorised && firstDate !== standing?.firstDate) checkLead(firstDate, calendar, findings.of(at));
    const end = timing?.dateRelease ?? null;
    if (end !== null && firstDate > end)
      errors.push(refused('INVALID_DATE', at, `Must be on or before ${end}, when the mandate ends.`));
  }
  const firstMode = firstAmountCents === null ? null : (record.firstCollectionMode ?? 'REPLACES_INSTALMENT');
  return { firstAmountCents, firstDate, firstMode };
}

function checkLead(date: CivilDate, calendar: Calendar, findings: Findings): void {
  const { path, errors } = findings;
  const earliest = earliestActionDate('AUTHORISED', calendar.now, calendar.holidays);
  if (date < earliest) errors.push(tooLate(path, 'AUTHORISED', calendar));
}

type Tracking = Pick<AuthorisedTerms, 'allowPaymentTracking' | 'paymentTrackingMaxDays'>;

function parseTracking(record: DebicheckRecord, defaults: DebicheckDefaults, findings: Findings): Tracking {
  const { path, errors } = findings;
  const allowPaymentTracking = record.allowPaymentTracking ?? defaults.allowPaymentTracking;
  const at = [...path, 'paymentTrackingMaxDays'];
  const days = readFields(record, findings).integer('paymentTrackingMaxDays', { min: 1, max: TRACKING_DAYS_MAX });
  const hasDays = (record['paymentTrackingMaxDays'] ?? null) !== null;
  if (!allowPaymentTracking) {
    if (hasDays)
      errors.push(invalid(at, 'tracking_days_without_tracking', 'Set allowPaymentTracking to true, or omit this.'));
    return { allowPaymentTracking, paymentTrackingMaxDays: null };
  }
  const paymentTrackingMaxDays = days ?? defaults.paymentTrackingMaxDays;
  if (!hasDays && paymentTrackingMaxDays === null) {
    errors.push(required(at, `Payment tracking requires a number of days, 1 to ${TRACKING_DAYS_MAX}.`));
  }
  return { allowPaymentTracking, paymentTrackingMaxDays };
}

type AdjustmentTerms = Pick<
  AuthorisedTerms,
  'adjustmentCategory' | 'adjustmentType' | 'adjustmentRate' | 'adjustmentAmountCents'
>;
const NEVER: AdjustmentTerms = {
  adjustmentCategory: 'NEVER',
  adjustmentType: null,
  adjustmentRate: null,
  adjustmentAmountCents: null,
};

/** Either a rate or an amount, zero meaning none (DOMAIN T11); needs a variable amount. REPO uses the repo rate. */
function parseAdjustment(
  record: DebicheckRecord,
  defaults: DebicheckDefaults,
  allowVariableAmount: boolean,
  findings: Findings,
): AdjustmentTerms {
  const { path, errors, warnings } = findings;
  const before = errors.length;
  const rate = parseAdjustmentRate(record, findings);
  const amount = readFields(record, findings).amount('adjustmentAmount', { zero: true, signed: true }) || null;
  const isOwn = (record.adjustmentCategory ?? null) !== null;
  const category = record.adjustmentCategory ?? defaults.adjustmentCategory;
  const at = (name: string): Path => [...path, name];
  if (errors.length > before) return NEVER;
  if (rate !== null && amount !== null) {
    errors.push(
      invalid(at('adjustmentAmount'), 'rate_or_amount', 'Set either adjustmentRate or adjustmentAmount, not both.'),
    );
    return NEVER;
  }
  if (category === 'NEVER') {
    if (rate === null && amount === null) return NEVER;
    const message = 'A rate or an amount requires an adjustmentCategory other than NEVER.';
    errors.push(required(at('adjustmentCategory'), message));
    return NEVER;
  }
  if (!allowVariableAmount) {
    const message = 'An adjustment requires allowVariableAmount to be true.';
    if (isOwn) errors.push(invalid(at('adjustmentCategory'), 'adjustment_needs_variable_amount', message));
    else
      warnings.push(
        warning('DEFAULTS_DROPPED', at('adjustmentCategory'), `${message} The default of the method is not applied.`),
      );
    return NEVER;
  }
  if (category === 'REPO') {
    if (rate !== null || amount !== null || record.adjustmentType === 'AMOUNT') {
      errors.push(
        invalid(at('adjustmentCategory'), 'repo_sets_the_rate', 'With REPO, omit rate, amount and type AMOUNT.'),
      );
    }
    return { ...NEVER, adjustmentCategory: 'REPO', adjustmentType: 'RATE' };
  }
  if (!isOwn && rate === null && amount === null) {
    const { adjustmentType, adjustmentRate, adjustmentAmountCents } = defaults;
    return { adjustmentCategory: category, adjustmentType, adjustmentRate, adjustmentAmountCents };
  }
  return checkAdjustment({ category, type: record.adjustmentType ?? null, rate, amount }, at, errors);
}

function checkAdjustment(
  given: {
    readonly category: AdjustmentCategory;
    readonly type: AdjustmentType | null;
    readonly rate: number | null;
    readonly amount: number | null;
  },
  at: (name: string) => Path,
  errors: UserError[],
): AdjustmentTerms {
  const { category, rate, amount } = given;
  const type = given.type ?? (amount === null ? 'RATE' : 'AMOUNT');
  const value = type === 'RATE' ? rate : amount;
  const name = type === 'RATE' ? 'adjustmentRate' : 'adjustmentAmount';
  if (value === null)
    errors.push(required(at(name), `An adjustment of type ${type} requires a value other than zero.`));
  const other = type === 'RATE' ? amount : rate;
  if (other !== null) {
    const wrong = type === 'RATE' ? 'adjustmentAmount' : 'adjustmentRate';
    errors.push(invalid(at(wrong), 'rate_or_amount', `Omit this: the adjustmentType is ${type}.`));
  }
  return {
    adjustmentCategory: category,
    adjustmentType: type,
    adjustmentRate: type === 'RATE' ? rate : null,
    adjustmentAmountCents: type === 'AMOUNT' ? amount : null,
  };
}

/** Returns a rate in hundred-thousandths of a percent; null if it is absent, zero or invalid. */
function parseAdjustmentRate(record: DebicheckRecord, findings: Findings): number | null {
  const { path, errors } = findings;
  const value = record['adjustmentRate'] ?? null;
  if (value === null) return null;
  const rate = parseRate(String(value));
  const most = RATE_MAX_PERCENT * 100_000;
  if (rate === null || rate <= -most || rate > most) {
    const message = `Must be a percentage with at most five decimals, more than -${RATE_MAX_PERCENT} and at most ${RATE_MAX_PERCENT}, such as "5.12345".`;
    errors.push(invalid([...path, 'adjustmentRate'], 'rate', message));
    return null;
  }
  return rate === 0 ? null : rate;
}
