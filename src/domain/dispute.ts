import { addDays, type CivilDate, dayOfMonthAfter, weekdayOf } from './dates.ts';
import type { MandateTerms } from './mandate/mandate.ts';
import type { PaymentMethodType } from './payment/life.ts';
import { processDayMax } from './schedule.ts';

/** Days from the action date within which the holder of an account, or of a card, disputes a debit (DOMAIN §2.14). */
const ACCOUNT_DAYS = 40;
const CARD_DAYS = 180;

export interface Disputable {
  readonly methodType: PaymentMethodType;
  readonly nominalDate: CivilDate;
  readonly actionDate: CivilDate;
  readonly amountCents: number;
  readonly wasTracked: boolean;
  readonly mandate: Pick<MandateTerms, 'amountCents' | 'processDay' | 'interval' | 'processDate'> | null;
}

/** The last day on which a debit can be disputed; null when it cannot. Fraud knows no deadline. */
export function disputeDeadline(debit: Disputable): CivilDate | null {
  const { methodType, actionDate } = debit;
  switch (methodType) {
    case 'PAY_IN':
      return null;
    case 'CARD':
      return addDays(actionDate, CARD_DAYS);
    case 'DEBICHECK':
      return isAsApproved(debit) ? null : addDays(actionDate, ACCOUNT_DAYS);
    default:
      return addDays(actionDate, ACCOUNT_DAYS);
  }
}

/** What the debtor has approved: the amount and the day of the mandate, and not tracked. */
function isAsApproved({ nominalDate, amountCents, wasTracked, mandate }: Disputable): boolean {
  if (!mandate || wasTracked || amountCents !== mandate.amountCents) return false;
  const { processDay, interval, processDate } = mandate;
  if (processDay === null || interval === null) return nominalDate === processDate;
  const isOfWeek = processDayMax(interval) === 7;
  return isOfWeek ? weekdayOf(nominalDate) === processDay : dayOfMonthAfter(nominalDate, 0, processDay) === nominalDate;
}
