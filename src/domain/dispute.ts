import { addDays, type CivilDate, dayOfMonthAfter, weekdayOf } from './dates.ts';
import type { MandateTerms } from './mandate/mandate.ts';
import type { PaymentMethodType } from './payment/state-machine.ts';
import { processDayMax } from './schedule.ts';

/** Number of days after the action date within which an account holder can dispute a debit (DOMAIN §2.14). */
export const ACCOUNT_DAYS = 40;
/** Number of days after the action date within which a cardholder can dispute a charge (DOMAIN §2.14). */
export const CARD_DAYS = 180;

/** The facts of a paid debit that determine its dispute deadline. */
export interface Disputable {
  readonly methodType: PaymentMethodType;
  readonly nominalDate: CivilDate;
  readonly actionDate: CivilDate;
  readonly amountCents: number;
  /** Whether the bank tracked the account for funds. */
  readonly wasTracked: boolean;
  readonly mandate: Pick<MandateTerms, 'amountCents' | 'processDay' | 'interval' | 'processDate'> | null;
}

/**
 * Returns the last day on which a debit that is paid now can be disputed; null if it cannot be disputed: a pay-in, or
 * an untracked DebiCheck debit of the amount and day that the debtor approved. A dispute because of fraud has no
 * deadline.
 */
export function disputeDeadline(debit: Disputable): CivilDate | null {
  const { methodType, actionDate } = debit;
  if (methodType === 'DEBICHECK' && isAsApproved(debit)) return null;
  return lastDisputeDay(methodType, actionDate);
}

/**
 * Returns the last day for disputes: `CARD_DAYS` after the action date for cards, null for pay-ins, otherwise
 * `ACCOUNT_DAYS`.
 */
export function lastDisputeDay(methodType: PaymentMethodType, actionDate: CivilDate): CivilDate | null {
  if (methodType === 'PAY_IN') return null;
  return addDays(actionDate, methodType === 'CARD' ? CARD_DAYS : ACCOUNT_DAYS);
}

/** Returns whether a dispute on `day` is after the last day for disputes. */
export function isLateDispute(methodType: PaymentMethodType, actionDate: CivilDate, day: CivilDate): boolean {
  const last = lastDisputeDay(methodType, actionDate);
  return last !== null && day > last;
}

/**
 * Returns whether a debit was collected as the debtor approved: the amount and the day of the mandate, without
 * tracking.
 */
function isAsApproved({ nominalDate, amountCents, wasTracked, mandate }: Disputable): boolean {
  if (!mandate || wasTracked || amountCents !== mandate.amountCents) return false;
  const { processDay, interval, processDate } = mandate;
  if (processDay === null || interval === null) return nominalDate === processDate;
  const isOfWeek = processDayMax(interval) === 7;
  return isOfWeek ? weekdayOf(nominalDate) === processDay : dayOfMonthAfter(nominalDate, 0, processDay) === nominalDate;
}
