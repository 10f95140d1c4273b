import type { CivilDate } from '../dates.ts';
import type { PaymentKind } from '../payment/state-machine.ts';
import type { PaymentInterval } from '../schedule.ts';
import type { KnownMandate } from './mandate.ts';

/** What of a payment is that of its mandate. */
export interface PaymentTerms {
  readonly amountCents: number;
  readonly processDay: number | null;
  readonly interval: PaymentInterval | null;
  readonly processDate: CivilDate | null;
  readonly firstNominalDate: CivilDate;
}

/** A mandate before and after its terms have changed. */
export interface TermsChange {
  readonly before: KnownMandate;
  readonly after: KnownMandate;
}

type Followed = PaymentTerms & { readonly kind: PaymentKind };

/** What of a payment is that of its mandate, and therefore follows it (DOMAIN §0.1.6); null when nothing is. */
export function propagatedTerms(payment: Followed, { before, after }: TermsChange): PaymentTerms | null {
  const { kind, amountCents, processDay, interval, processDate, firstNominalDate } = payment;
  const isRecurring = kind === 'RECURRING';
  const next = isRecurring && interval === before.interval ? after.interval : interval;
  // A day of the month is no day of the week: it follows whenever the interval does.
  const followsDay = processDay === before.processDay || isFixed(after.allowDateAdjustment) || next !== interval;
  const moves = kind === 'ONE_TIME' && before.processDate !== after.processDate && processDate === before.processDate;
  const terms = {
    amountCents: amountAfter(amountCents, before, after),
    processDay: isRecurring && followsDay ? after.processDay : processDay,
    interval: next,
    processDate: moves ? after.processDate : processDate,
    firstNominalDate: (moves ? after.processDate : null) ?? firstNominalDate,
  };
  const names = Object.keys(terms) as Array<keyof PaymentTerms>;
  return names.every((name) => terms[name] === payment[name]) ? null : terms;
}

/** What is allowed to differ does, as far as it is allowed to; null is EFT, where everything may. */
function isFixed(allowed: boolean | null): boolean {
  return allowed === false;
}

/** Never more than the mandate allows, nor other than its instalment where that is fixed (DOMAIN §6.1). */
function amountAfter(amountCents: number, before: KnownMandate, after: KnownMandate): number {
  if (amountCents === before.amountCents || isFixed(after.allowVariableAmount)) return after.amountCents;
  return after.maximumAmountCents === null ? amountCents : Math.min(amountCents, after.maximumAmountCents);
}
