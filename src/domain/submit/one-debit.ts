import { stateConflict } from '../errors.ts';
import type { Findings } from '../findings.ts';
import type { MandateTerms } from '../mandate/mandate.ts';
import { isInCycle } from '../schedule.ts';
import type { PaymentPlan } from './plan.ts';
import type { Debit } from './submit-context.ts';

/** Terms of a mandate that decide how often it can be collected. */
export type DebitTerms = Pick<MandateTerms, 'interval' | 'processDate' | 'maximumAmountCents'>;

/** Returns the dates on which a submitted payment would debit its mandate. */
export function debitOf({ timing }: Pick<PaymentPlan, 'timing'>): Debit {
  const { kind, dateEnd, first, firstNominalDate } = timing;
  if (kind === 'RECURRING') return { paymentId: null, kind, from: firstNominalDate, to: dateEnd };
  return { paymentId: null, kind: 'ONE_TIME', from: first.nominalDate, to: first.nominalDate };
}

/**
 * Returns the other debits that conflict with a debit: a one-time mandate of any method allows one collection in total,
 * a recurring authorised mandate one debit per cycle (DOMAIN §0.1.11). Recurring EFT mandates have no such limit. All
 * attempts of one payment count as one collection.
 */
export function debitsInTheWay(terms: DebitTerms, debit: Debit, others: readonly Debit[]): readonly Debit[] {
  if (terms.maximumAmountCents === null && terms.processDate === null) return [];
  return others.filter((other) => isOfAnother(debit, other) && isTwice(terms, debit, other));
}

function isOfAnother(debit: Debit, other: Debit): boolean {
  return debit.paymentId === null || other.paymentId !== debit.paymentId;
}

/** Whether the debit conflicts with no other; a conflict is added to the findings with the other payment ids. */
export function checkOneDebit(terms: DebitTerms, debit: Debit, others: readonly Debit[], findings: Findings): boolean {
  const { path, errors } = findings;
  const inTheWay = debitsInTheWay(terms, debit, others);
  if (inTheWay.length === 0) return true;
  const blockedBy = [...new Set(inTheWay.flatMap(({ paymentId }) => paymentId ?? []))];
  const which = blockedBy.length > 0 ? `payment ${blockedBy[0]}` : 'another record of this batch';
  const allows = terms.processDate === null ? 'one debit per cycle' : 'only one collection';
  const message = `The mandate allows ${allows}, already taken by ${which}.`;
  errors.push(stateConflict(path, { message, currentStatus: 'ACTIVE', blockedBy }));
  return false;
}

function isTwice({ interval, processDate }: DebitTerms, a: Debit, b: Debit): boolean {
  if (processDate !== null || interval === null) return true;
  const [first, second] = a.from <= b.from ? [a, b] : [b, a];
  // The debits conflict if the later one starts before the earlier one ends, or in its last cycle.
  return first.to === null || second.from <= first.to || isInCycle({ interval }, first.to, second.from);
}
