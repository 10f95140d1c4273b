import { invalid, limitExceeded, type Path, required, type UserError } from '../errors.ts';
import { readFields } from '../fields.ts';
import type { Findings } from '../findings.ts';
import type { MandateTerms } from '../mandate/mandate.ts';
import { formatAmount } from '../money.ts';
import type { NewItem, PaymentPlan } from './plan.ts';
import type { SubmitPaymentRecord } from './record.ts';
import { monthKey, type SubmitContext } from './submit-context.ts';

/** Checks the item limit and the monthly limit of the payment method, for the first action date (DOMAIN §6.1). */
export function checkLimits(
  { method, amountCents, timing }: PaymentPlan,
  known: SubmitContext,
  findings: Findings,
): void {
  const { path, errors } = findings;
  const { itemLimitCents, monthlyLimitCents } = method;
  if (itemLimitCents !== null && amountCents > itemLimitCents) errors.push(itemLimitExceeded(path, itemLimitCents));
  if (monthlyLimitCents === null) return;
  const collected = known.collected.get(monthKey(method.id, timing.first.actionDate)) ?? 0;
  if (collected + amountCents <= monthlyLimitCents) return;
  const limit = formatAmount(monthlyLimitCents);
  const message = `The payment method allows at most ${limit} per month; ${formatAmount(collected)} is already used in the month of ${timing.first.actionDate}.`;
  errors.push(limitExceeded(path, message, Math.floor(monthlyLimitCents / 100)));
}

/** Returns the error for a collection above the item limit of its payment method. */
export function itemLimitExceeded(path: Path, itemLimitCents: number): UserError {
  const message = `The payment method allows at most ${formatAmount(itemLimitCents)} per collection.`;
  return limitExceeded(path, message, Math.floor(itemLimitCents / 100));
}

/**
 * Checks an amount against the mandate: a one-time mandate requires its own amount; a recurring authorised mandate too,
 * unless it allows a variable amount up to its maximum (DOMAIN §0.1.11, §6.1). Recurring EFT mandates allow any amount.
 */
export function checkAmount(amountCents: number, terms: MandateTerms, findings: Findings): void {
  const { path, errors } = findings;
  const { maximumAmountCents, processDate } = terms;
  if (amountCents === terms.amountCents) return;
  if (maximumAmountCents === null && processDate === null) return;
  if (processDate !== null || !terms.allowVariableAmount) {
    const message = `The mandate allows only its own amount, ${formatAmount(terms.amountCents)}.`;
    errors.push(invalid(path, 'amount_of_mandate', message));
  } else if (maximumAmountCents !== null && amountCents > maximumAmountCents) {
    errors.push(invalid(path, 'amount_within_maximum', 'The amount must be at most the maximum of the mandate.'));
  }
}

/**
 * Returns the amount in cents of a payment without a mandate: the given amount, otherwise the sum of the items if every
 * item has an amount, as in the card payment of the documents. null with an error in the findings if there is neither.
 */
export function readWholeAmount(
  record: SubmitPaymentRecord,
  items: readonly NewItem[],
  findings: Findings,
): number | null {
  const { path, errors } = findings;
  const before = errors.length;
  const amountCents = readFields(record, findings).amount('amount');
  if (amountCents !== null || errors.length > before) return amountCents;
  const sum = items.reduce((total, item) => total + (item.amountCents ?? Number.NaN), 0);
  if (sum > 0) return sum;
  errors.push(required([...path, 'amount']));
  return null;
}
