import { invalid, limitExceeded, type Path, required, type UserError } from '../errors.ts';
import { readFields } from '../fields.ts';
import type { MandateTerms } from '../mandate/mandate.ts';
import { formatAmount } from '../money.ts';
import type { Findings } from '../warnings.ts';
import type { NewItem, PaymentPlan } from './plan.ts';
import type { SubmitPaymentRecord } from './record.ts';
import { monthKey, type SubmitContext } from './submit-context.ts';

/** No collection is more than the method's limit for one, nor are all of a month more than that for a month (DOMAIN §6.1). */
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
  const message = `The payment method collects at most ${limit} a month, and has ${formatAmount(collected)} in that of ${timing.first.actionDate}.`;
  errors.push(limitExceeded(path, message, Math.floor(monthlyLimitCents / 100)));
}

/** One collection is more than the limit of its method. */
export function itemLimitExceeded(path: Path, itemLimitCents: number): UserError {
  const message = `The payment method collects at most ${formatAmount(itemLimitCents)} at a time.`;
  return limitExceeded(path, message, Math.floor(itemLimitCents / 100));
}

/**
 * A one-time mandate is collected by its own amount. What debtor or bank have authorised is collected to the cent, unless it may
 * vary, up to the maximum (DOMAIN §0.1.11, §6.1).
 */
export function checkAmount(amountCents: number, terms: MandateTerms, findings: Findings): void {
  const { path, errors } = findings;
  const { maximumAmountCents, processDate } = terms;
  if (amountCents === terms.amountCents) return;
  if (maximumAmountCents === null && processDate === null) return;
  if (processDate !== null || !terms.allowVariableAmount) {
    const message = 'The mandate does not allow another amount than its own.';
    errors.push(invalid(path, 'amount_of_mandate', message));
  } else if (maximumAmountCents !== null && amountCents > maximumAmountCents) {
    errors.push(invalid(path, 'amount_within_maximum', 'More than the mandate allows at most.'));
  }
}

/**
 * Without a mandate to say it, the amount is required; where the items all have theirs, it is what they come to, as in the documents'
 * card payment.
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
