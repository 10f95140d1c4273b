import type { Calendar } from '../calendar.ts';
import { tooLate } from '../clock-errors.ts';
import type { CivilDate } from '../dates.ts';
import { invalid, methodMismatch, type Path, refused, required, type UserError } from '../errors.ts';
import { readFields, type Unvalidated } from '../fields.ts';
import { METHOD_MATRIX, type MethodVariant } from '../method/matrix.ts';
import { earliestActionDate, type FirstCollectionMode } from '../schedule.ts';
import { type Findings, warning } from '../warnings.ts';
import { type AdjustmentCategory, type AdjustmentType, parseRate, RATE_MAX_PERCENT } from './adjustment.ts';
import type { ApprovalWindow } from './approval-window.ts';
import type { AuthorisedTerms, MandateTerms, MandateTiming } from './mandate.ts';

/** The `debicheck` object of a record, as it comes. */
export interface DebicheckRecord extends Unvalidated {
  readonly firstCollectionMode?: FirstCollectionMode | null | undefined;
  readonly allowDateAdjustment?: boolean | null | undefined;
  readonly allowVariableAmount?: boolean | null | undefined;
  readonly allowPaymentTracking?: boolean | null | undefined;
  readonly adjustmentCategory?: AdjustmentCategory | null | undefined;
  readonly adjustmentType?: AdjustmentType | null | undefined;
  readonly approvalWindow?: ApprovalWindow | null | undefined;
}

/** What a method gives to mandates that do not say (DOMAIN §1.3). */
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

const TRACKING_DAYS_MAX = 10;

/** What of the mandate the object is judged by. */
interface Surroundings {
  readonly variant: MethodVariant;
  readonly amountCents: number | null;
  readonly timing: MandateTiming | null;
  readonly calendar: Calendar;
  /** What stands already, and was judged when it was agreed: only what differs from it is judged. */
  readonly standing?: Pick<MandateTerms, 'amountCents' | 'maximumAmountCents' | 'firstAmountCents' | 'firstDate'>;
}

/** The checked `debicheck` object, or null with the reasons in the findings (DOMAIN §6.1 to §6.4). */
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

/** At least the instalment, at most one and a half times it, compared exactly (DOMAIN §6.1). */
export function checkMaximum(amountCents: number, maximumCents: number, findings: Findings): void {
  const { path, errors } = findings;
  if (maximumCents < amountCents) {
    errors.push(invalid(path, 'maximum_at_least_amount', 'The maximum is less than the amount.'));
  }
  if (maximumCents * 2 > amountCents * 3) {
    errors.push(invalid(path, 'maximum_within_one_and_a_half', 'The maximum is more than 1.5 times the amount.'));
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
    errors.push(methodMismatch('METHOD_REQUIRES', at, `${variant} needs a maximum collection amount.`));
    return null;
  }
  const maximum = readFields(record, findings).amount('maximumCollectionAmount');
  const stands = standing?.amountCents === amountCents && standing.maximumAmountCents === maximum;
  if (maximum !== null && amountCents !== null && !stands) checkMaximum(amountCents, maximum, findings.of(at));
  return maximum;
}

type First = Pick<AuthorisedTerms, 'firstAmountCents' | 'firstDate' | 'firstMode'>;

/** Amount and date go together: at most the maximum, on a day that can be reached, before the mandate ends (DOMAIN §6.2). */
function parseFirst(
  record: DebicheckRecord,
  maximumCents: number | null,
  { timing, calendar, standing }: Surroundings,
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
    errors.push(required([...path, missing], 'First collection amount and date go together.'));
  }
  if (!hasAmount && record.firstCollectionMode) {
    errors.push(required([...path, 'firstCollectionAmount'], 'A mode needs a first collection amount.'));
  }
  const isAgreed = firstAmountCents === standing?.firstAmountCents && firstDate === standing.firstDate;
  if (!isAgreed && firstAmountCents !== null && maximumCents !== null && firstAmountCents > maximumCents) {
    const message = 'The first collection is more than the maximum.';
    errors.push(invalid([...path, 'firstCollectionAmount'], 'first_within_maximum', message));
  }
  if (firstDate !== null) {
    const at = [...path, 'firstCollectionDate'];
    if (firstDate !== standing?.firstDate) checkLead(firstDate, calendar, findings.of(at));
    const end = timing?.dateRelease ?? null;
    if (end !== null && firstDate > end) errors.push(refused('INVALID_DATE', at, `The mandate ends on ${end}.`));
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
    if (hasDays) errors.push(invalid(at, 'tracking_days_without_tracking', 'Without tracking there are no days.'));
    return { allowPaymentTracking, paymentTrackingMaxDays: null };
  }
  const paymentTrackingMaxDays = days ?? defaults.paymentTrackingMaxDays;
  if (!hasDays && paymentTrackingMaxDays === null) {
    errors.push(required(at, `Tracking needs its days, 1 to ${TRACKING_DAYS_MAX}.`));
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

/** Either a rate or an amount, zero being none (DOMAIN T11); only where the amount may vary; REPO takes its rate from the bank. */
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
    errors.push(invalid(at('adjustmentAmount'), 'rate_or_amount', 'Either a rate or an amount, not both.'));
    return NEVER;
  }
  if (category === 'NEVER') {
    if (rate === null && amount === null) return NEVER;
    const message = 'A rate or an amount needs a category that says when.';
    errors.push(required(at('adjustmentCategory'), message));
    return NEVER;
  }
  if (!allowVariableAmount) {
    const message = 'An adjustment needs allowVariableAmount.';
    if (isOwn) errors.push(invalid(at('adjustmentCategory'), 'adjustment_needs_variable_amount', message));
    else warnings.push(warning('DEFAULTS_DROPPED', at('adjustmentCategory'), `${message} The method's is left out.`));
    return NEVER;
  }
  if (category === 'REPO') {
    if (rate !== null || amount !== null || record.adjustmentType === 'AMOUNT') {
      errors.push(invalid(at('adjustmentCategory'), 'repo_sets_the_rate', 'With REPO the rate is that of the bank.'));
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
  if (value === null) errors.push(required(at(name), `An adjustment by ${type} needs it, other than zero.`));
  const other = type === 'RATE' ? amount : rate;
  if (other !== null) {
    const wrong = type === 'RATE' ? 'adjustmentAmount' : 'adjustmentRate';
    errors.push(invalid(at(wrong), 'rate_or_amount', `The type is ${type}.`));
  }
  return {
    adjustmentCategory: category,
    adjustmentType: type,
    adjustmentRate: type === 'RATE' ? rate : null,
    adjustmentAmountCents: type === 'AMOUNT' ? amount : null,
  };
}

/** A percent with at most five places, more than -100; null when absent, zero or wrong. */
function parseAdjustmentRate(record: DebicheckRecord, findings: Findings): number | null {
  const { path, errors } = findings;
  const value = record['adjustmentRate'] ?? null;
  if (value === null) return null;
  const rate = parseRate(String(value));
  const most = RATE_MAX_PERCENT * 100_000;
  if (rate === null || rate <= -most || rate > most) {
    const message = `A percentage with at most five decimals, more than -${RATE_MAX_PERCENT} and at most ${RATE_MAX_PERCENT}, as "5.12345".`;
    errors.push(invalid([...path, 'adjustmentRate'], 'rate', message));
    return null;
  }
  return rate === 0 ? null : rate;
}
