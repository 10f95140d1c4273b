import { stateConflict } from '../errors.ts';
import type { MandateTerms } from '../mandate/mandate.ts';
import { isInCycle } from '../schedule.ts';
import type { Findings } from '../warnings.ts';
import type { PaymentPlan } from './plan.ts';
import type { Debit } from './submit-context.ts';

/** What of a mandate says how often it is collected. */
export type DebitTerms = Pick<MandateTerms, 'interval' | 'processDate' | 'maximumAmountCents'>;

/** What a submitted payment would debit under its mandate. */
export function debitOf({ timing }: Pick<PaymentPlan, 'timing'>): Debit {
  const { kind, dateEnd, first } = timing;
  if (kind === 'RECURRING') return { paymentId: null, kind, from: first.nominalDate, to: dateEnd };
  return { paymentId: null, kind: 'ONE_TIME', from: first.nominalDate, to: first.nominalDate };
}

/**
 * The debits that take what a debit would take: a one-time mandate of any method is collected once in all, and debtor or bank have
 * authorised one debit a cycle (DOMAIN §0.1.11). A recurring EFT mandate is free. Attempts of one payment are one collection.
 */
export function debitsInTheWay(terms: DebitTerms, debit: Debit, others: readonly Debit[]): readonly Debit[] {
  if (terms.maximumAmountCents === null && terms.processDate === null) return [];
  return others.filter((other) => isOfAnother(debit, other) && isTwice(terms, debit, other));
}

function isOfAnother(debit: Debit, other: Debit): boolean {
  return debit.paymentId === null || other.paymentId !== debit.paymentId;
}

/** Refuses a debit that would take a collection of the mandate a second time; whether it takes none twice. */
export function checkOneDebit(terms: DebitTerms, debit: Debit, others: readonly Debit[], findings: Findings): boolean {
  const { path, errors } = findings;
  const inTheWay = debitsInTheWay(terms, debit, others);
  if (inTheWay.length === 0) return true;
  const blockedBy = [...new Set(inTheWay.flatMap(({ paymentId }) => paymentId ?? []))];
  const which = blockedBy.length > 0 ? `payment ${blockedBy[0]}` : 'another record of this batch';
  const allows = terms.processDate === null ? 'one debit a cycle' : 'one collection in all';
  const message = `The mandate allows ${allows}, which ${which} takes.`;
  errors.push(stateConflict(path, { message, currentStatus: 'ACTIVE', blockedBy }));
  return false;
}

function isTwice({ interval, processDate }: DebitTerms, a: Debit, b: Debit): boolean {
  if (processDate !== null || interval === null) return true;
  const [first, second] = a.from <= b.from ? [a, b] : [b, a];
  // One begins in, or before the end of, the last cycle of the other.
  return first.to === null || second.from <= first.to || isInCycle({ interval }, first.to, second.from);
}
