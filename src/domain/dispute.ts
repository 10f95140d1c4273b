import { addDays, type CivilDate, dayOfMonthAfter, weekdayOf } from './dates.ts';
import type { MandateTerms } from './mandate/mandate.ts';
import type { PaymentMethodType } from './payment/state-machine.ts';
import { processDayMax } from './schedule.ts';

/** Days from the action date within which the holder of an account, or of a card, disputes a debit (DOMAIN §2.14). */
export const ACCOUNT_DAYS = 40;
export const CARD_DAYS = 180;

export interface Disputable {
  readonly methodType: PaymentMethodType;
  readonly nominalDate: CivilDate;
  readonly actionDate: CivilDate;
  readonly amountCents: number;
  readonly wasTracked: boolean;
  /** Whether the money has moved, whatever followed. */
  readonly wasPaid: boolean;
  readonly mandate: Pick<MandateTerms, 'amountCents' | 'processDay' | 'interval' | 'processDate'> | null;
}

/**
 * The last day on which a debit can be disputed; null before it was paid, and when it cannot be disputed at all, as DebiCheck of the
 * amount and day that the debtor approved. Fraud has no deadline.
 */
export function disputeDeadline(debit: Disputable): CivilDate | null {
  const { methodType, actionDate, wasPaid } = debit;
  if (!wasPaid || (methodType === 'DEBICHECK' && isAsApproved(debit))) return null;
  return lastDisputeDay(methodType, actionDate);
}

/** The last day for disputes of a method: 40 days after the action date for accounts, 180 for cards; null for pay-ins. */
export function lastDisputeDay(methodType: PaymentMethodType, actionDate: CivilDate): CivilDate | null {
  if (methodType === 'PAY_IN') return null;
  return addDays(actionDate, methodType === 'CARD' ? CARD_DAYS : ACCOUNT_DAYS);
}

/** Whether a dispute on a day comes after the last day for it. */
export function isLateDispute(methodType: PaymentMethodType, actionDate: CivilDate, day: CivilDate): boolean {
  const last = lastDisputeDay(methodType, actionDate);
  return last !== null && day > last;
}

/** What the debtor has approved: the amount and the day of the mandate, and not tracked. */
function isAsApproved({ nominalDate, amountCents, wasTracked, mandate }: Disputable): boolean {
  if (!mandate || wasTracked || amountCents !== mandate.amountCents) return false;
  const { processDay, interval, processDate } = mandate;
  if (processDay === null || interval === null) return nominalDate === processDate;
  const isOfWeek = processDayMax(interval) === 7;
  return isOfWeek ? weekdayOf(nominalDate) === processDay : dayOfMonthAfter(nominalDate, 0, processDay) === nominalDate;
}
