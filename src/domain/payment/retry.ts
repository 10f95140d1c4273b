import { adjustDate, type Holidays } from '../calendar.ts';
import { addDays, type CivilDate, civilDateOf, dayOfMonthAfter } from '../dates.ts';
import { type CollectionRule, earliestActionDate, submitByOf } from '../schedule.ts';
import type { TransactionStatus } from '../transaction.ts';
import { unpaidCode } from '../unpaid-codes.ts';
import type { PaymentMethodType } from './state-machine.ts';

/** Maximum number of attempts of one debit, the first included (DOMAIN §3.6). */
export const ATTEMPTS_MAX = 3;

/** Automatic retry policy for unpaid debits. */
export interface RetryPolicy {
  /** Maximum number of retries after the first attempt, 1 to `ATTEMPTS_MAX` - 1. */
  readonly retriesMax: number;
  /** Minimum number of calendar days from the failed action date to the next, 1 to `DAYS_BETWEEN_MAX`. */
  readonly daysBetween: number;
  /** Whether a retry waits for a payday: the 25th or the last day of a month. */
  readonly alignToPaydays: boolean;
}

/** Maximum of `RetryPolicy.daysBetween`, in calendar days. */
export const DAYS_BETWEEN_MAX = 31;

/** The last transaction of a payment, as far as it decides about a retry. */
export interface Failed {
  readonly status: TransactionStatus;
  readonly unpaidCode: string | null;
  readonly attempt: number;
  readonly actionDate: CivilDate;
}

const FAILED_STATUSES: readonly TransactionStatus[] = ['UNPAID', 'DECLINED', 'REJECTED_BY_BANK', 'REJECTED_BY_API'];

/** Returns a human-readable reason why the last debit cannot be retried; null if it can. */
export function reasonAgainstRetry(failed: Failed | null, methodType: PaymentMethodType): string | null {
  if (methodType === 'PAY_IN') return 'A pay-in cannot be retried: it waits for the payer.';
  if (methodType === 'DEBICHECK' || methodType === 'REGISTERED_MANDATE') {
    return 'DebiCheck and registered mandate debits cannot be retried: the bank tracks the account instead.';
  }
  if (!failed) return 'The payment has no transaction to retry.';
  if (!FAILED_STATUSES.includes(failed.status))
    return `The last transaction is ${failed.status}; only a failed one can be retried.`;
  const code = unpaidCode(failed.unpaidCode);
  if (!code?.isRetryable) {
    const why = code ? code.meaning : (failed.unpaidCode ?? failed.status);
    return `The debit failed for a reason that a retry cannot resolve: ${why}.`;
  }
  return failed.attempt >= ATTEMPTS_MAX ? `The debit was attempted ${failed.attempt} times, the maximum.` : null;
}

/** Returns the action date and cut-off of the next retry; null if the policy allows no further retry. */
export function retryOf(
  policy: RetryPolicy,
  failed: Failed,
  rule: CollectionRule,
  now: Date,
  holidays: Holidays,
): { readonly actionDate: CivilDate; readonly submitBy: Date } | null {
  if (failed.attempt > policy.retriesMax) return null;
  const earliest = earliestActionDate(rule.lead, now, holidays);
  let from = later(addDays(failed.actionDate, policy.daysBetween), civilDateOf(now));
  for (;;) {
    const nominal = policy.alignToPaydays ? paydayFrom(from) : from;
    const actionDate = adjustDate(nominal, rule.adjustment, holidays);
    if (actionDate >= earliest && actionDate > failed.actionDate) {
      return { actionDate, submitBy: submitByOf(rule.lead, actionDate, holidays) };
    }
    from = addDays(nominal, 1);
  }
}

/** Returns the first payday on or after a date: the 25th or the last day of a month. */
function paydayFrom(date: CivilDate): CivilDate {
  const twentyFifth = dayOfMonthAfter(date, 0, 25);
  return date <= twentyFifth ? twentyFifth : dayOfMonthAfter(date, 0, 31);
}

function later(a: CivilDate, b: CivilDate): CivilDate {
  return a > b ? a : b;
}
