import type { CivilDate } from '../dates.ts';
import type { PaymentKind } from '../payment/state-machine.ts';
import type { PaymentInterval } from '../schedule.ts';
import type { KnownMandate } from './mandate.ts';

/** Terms of a payment that can follow those of its mandate. */
export interface PaymentTerms {
  readonly amountCents: number;
  readonly processDay: number | null;
  readonly interval: PaymentInterval | null;
  readonly processDate: CivilDate | null;
  readonly firstNominalDate: CivilDate;
}

/** A mandate before and after a change of its terms. */
export interface TermsChange {
  readonly before: KnownMandate;
  readonly after: KnownMandate;
}

type Followed = PaymentTerms & { readonly kind: PaymentKind };

/** Returns the terms of a payment after a change of its mandate (DOMAIN §0.1.6); null if they are unchanged. */
export function propagatedTerms(payment: Followed, { before, after }: TermsChange): PaymentTerms | null {
  const { kind, amountCents, processDay, interval, processDate, firstNominalDate } = payment;
  const isRecurring = kind === 'RECURRING';
  const next = isRecurring && interval === before.interval ? after.interval : interval;
  // A change of the interval can change the meaning of the day (of the month or of the week), so the day follows it.
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

/** Whether the mandate does not allow the payment to differ from it; null is EFT, where it may always differ. */
function isFixed(allowed: boolean | null): boolean {
  return allowed === false;
}

/** Returns the amount, at most the maximum of the mandate, or its instalment where that is fixed (DOMAIN §6.1). */
function amountAfter(amountCents: number, before: KnownMandate, after: KnownMandate): number {
  if (amountCents === before.amountCents || isFixed(after.allowVariableAmount)) return after.amountCents;
  return after.maximumAmountCents === null ? amountCents : Math.min(amountCents, after.maximumAmountCents);
}
