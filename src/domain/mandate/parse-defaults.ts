import { invalid, type UserError } from '../errors.ts';
import type { Unvalidated } from '../fields.ts';
import { Findings } from '../warnings.ts';
import { ADJUSTMENT_CATEGORIES, ADJUSTMENT_TYPES } from './adjustment.ts';
import { APPROVAL_WINDOWS } from './approval-window.ts';
import { DEBICHECK_DEFAULTS, type DebicheckDefaults, parseDebicheck } from './authorised-terms.ts';

/** What each default may be, where not any text or number. */
const VALUES: Readonly<Record<string, readonly unknown[] | null>> = {
  allowDateAdjustment: [true, false],
  allowVariableAmount: [true, false],
  allowPaymentTracking: [true, false],
  paymentTrackingMaxDays: null,
  adjustmentCategory: ADJUSTMENT_CATEGORIES,
  adjustmentType: ADJUSTMENT_TYPES,
  adjustmentRate: null,
  adjustmentAmount: null,
  approvalWindow: APPROVAL_WINDOWS,
};

/** A mandate for the defaults to be judged in: they go together when a mandate that says no more is sound. */
const SOME_MANDATE = { variant: 'DEBICHECK', amountCents: 100, timing: null } as const;
const SOME_MAXIMUM = { maximumCollectionAmount: '1.00' };

/** The defaults that a method gives to its mandates, or the reasons why they cannot be. */
export function parseDefaults(record: Unvalidated, now: Date): DebicheckDefaults | readonly UserError[] {
  const findings = new Findings();
  for (const [name, value] of Object.entries(record)) {
    const values = Object.hasOwn(VALUES, name) ? VALUES[name] : undefined;
    if (values === undefined) findings.errors.push(invalid([name], 'default', 'There is no such default.'));
    else if (values && !values.includes(value)) {
      findings.errors.push(invalid([name], 'default', `One of ${values.join(', ')}.`));
    }
  }
  if (findings.errors.length > 0) return findings.errors;
  const around = { ...SOME_MANDATE, calendar: { now, holidays: new Set<string>() } };
  const terms = parseDebicheck({ ...record, ...SOME_MAXIMUM }, DEBICHECK_DEFAULTS, around, findings.of([]));
  if (!terms) return findings.errors;
  const { allowDateAdjustment, allowVariableAmount, allowPaymentTracking, adjustmentCategory, approvalWindow } = terms;
  return {
    allowDateAdjustment: allowDateAdjustment ?? false,
    allowVariableAmount: allowVariableAmount ?? false,
    allowPaymentTracking: allowPaymentTracking ?? false,
    paymentTrackingMaxDays: terms.paymentTrackingMaxDays,
    adjustmentCategory: adjustmentCategory ?? 'NEVER',
    adjustmentType: terms.adjustmentType,
    adjustmentRate: terms.adjustmentRate,
    adjustmentAmountCents: terms.adjustmentAmountCents,
    approvalWindow: approvalWindow ?? DEBICHECK_DEFAULTS.approvalWindow,
  };
}
