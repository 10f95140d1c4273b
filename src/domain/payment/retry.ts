import { adjustDate, type Holidays } from '../calendar.ts';
import { addDays, type CivilDate, civilDateOf, dayOfMonthAfter } from '../dates.ts';
import { type CollectionRule, earliestActionDate, submitByOf } from '../schedule.ts';
import type { TransactionStatus } from '../transaction.ts';
import { unpaidCode } from '../unpaid-codes.ts';
import type { PaymentMethodType } from './state-machine.ts';

/** A debit is tried at most so often, the first time included (DOMAIN §3.6). */
export const ATTEMPTS_MAX = 3;

/** How what was not paid is tried again by itself. */
export interface RetryPolicy {
  /** 1 or 2: beyond the first attempt. */
  readonly retriesMax: number;
  /** From the failed action date to the next, 1 to 31. */
  readonly daysBetween: number;
  /** Whether to wait for a pay day: the 25th, or the last day of the month. */
  readonly alignToPaydays: boolean;
}

export const DAYS_BETWEEN_MAX = 31;

/** A debit that failed. */
export interface Failed {
  readonly status: TransactionStatus;
  readonly unpaidCode: string | null;
  readonly attempt: number;
  readonly actionDate: CivilDate;
}

const FAILED_STATUSES: readonly TransactionStatus[] = ['UNPAID', 'DECLINED', 'REJECTED_BY_BANK', 'REJECTED_BY_API'];

/** Why a debit cannot be tried again, for people; null when it can. What debtor or bank have authorised is tracked instead. */
export function reasonAgainstRetry(failed: Failed | null, methodType: PaymentMethodType): string | null {
  if (methodType === 'PAY_IN') return 'A pay-in waits for the payer: there is nothing to try again.';
  if (methodType === 'DEBICHECK' || methodType === 'REGISTERED_MANDATE') {
    return 'What debtor or bank have authorised is not tried again: the bank tracks the account instead.';
  }
  if (!failed) return 'Nothing has been collected yet.';
  if (!FAILED_STATUSES.includes(failed.status)) return `The last transaction is ${failed.status}: it has not failed.`;
  const code = unpaidCode(failed.unpaidCode);
  if (!code?.isRetryable) {
    const why = code ? code.meaning : (failed.unpaidCode ?? failed.status);
    return `It failed for a reason that trying again does not mend: ${why}.`;
  }
  return failed.attempt >= ATTEMPTS_MAX ? `It was tried ${failed.attempt} times, the most there is.` : null;
}

/** The day on which a failed debit is tried again, and until when it can be sent; null when the policy tries it no more. */
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

/** The 25th, or the last day of a month, whichever comes first on or after a day. */
function paydayFrom(date: CivilDate): CivilDate {
  const twentyFifth = dayOfMonthAfter(date, 0, 25);
  return date <= twentyFifth ? twentyFifth : dayOfMonthAfter(date, 0, 31);
}

function later(a: CivilDate, b: CivilDate): CivilDate {
  return a > b ? a : b;
}
