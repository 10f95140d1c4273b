import { invalid, type UserError } from '../errors.ts';
import type { Unvalidated } from '../fields.ts';
import { Findings } from '../findings.ts';
import { ADJUSTMENT_CATEGORIES, ADJUSTMENT_TYPES } from './adjustment.ts';
import { APPROVAL_WINDOWS } from './approval-window.ts';
import { DEBICHECK_DEFAULTS, type DebicheckDefaults, parseDebicheck } from './authorised-terms.ts';

/** Allowed values of each default; null where the value is a number or text that `parseDebicheck` validates. */
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

/** A sample mandate: defaults are consistent if a mandate that sets nothing else is valid with them. */
const SOME_MANDATE = { variant: 'DEBICHECK', amountCents: 100, timing: null } as const;
const SOME_MAXIMUM = { maximumCollectionAmount: '1.00' };

/** Returns the mandate defaults of a payment method, or every error found in them. */
export function parseDefaults(record: Unvalidated, now: Date): DebicheckDefaults | readonly UserError[] {
  const findings = new Findings();
  for (const [name, value] of Object.entries(record)) {
    const values = Object.hasOwn(VALUES, name) ? VALUES[name] : undefined;
    if (values === undefined)
      findings.errors.push(invalid([name], 'default', `Unknown default. Use: ${Object.keys(VALUES).join(', ')}.`));
    else if (values && !values.includes(value)) {
      findings.errors.push(invalid([name], 'default', `Must be one of: ${values.join(', ')}.`));
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
