import { type Path, stateConflict, type UserError } from '../errors.ts';
import type { MandateTerms } from '../mandate/mandate.ts';
import { isInCycle } from '../schedule.ts';
import type { Debit } from './known.ts';
import type { PaymentPlan } from './plan.ts';

/** What a submitted payment would debit under its mandate. */
export function debitOf({ timing }: Pick<PaymentPlan, 'timing'>): Debit {
  const { kind, dateEnd, first } = timing;
  if (kind === 'RECURRING') return { paymentId: null, kind, from: first.nominalDate, to: dateEnd };
  return { paymentId: null, kind: 'ONE_TIME', from: first.nominalDate, to: first.nominalDate };
}

/**
 * Whether a debit takes no cycle twice: debtor or bank have authorised one debit a cycle, and one in all by a one-time mandate
 * (DOMAIN §0.1.11). EFT is free.
 */
export function checkOneDebit(
  terms: MandateTerms,
  debit: Debit,
  others: readonly Debit[],
  path: Path,
  errors: UserError[],
): boolean {
  if (terms.maximumAmountCents === null) return true;
  const inTheWay = others.filter((other) => isTwice(terms, debit, other));
  if (inTheWay.length === 0) return true;
  const blockedBy = inTheWay.flatMap(({ paymentId }) => paymentId ?? []);
  const which = blockedBy.length > 0 ? 'Another payment' : 'Another record of this batch';
  const message = `The mandate allows one debit a cycle. ${which} collects by it already.`;
  errors.push(stateConflict(path, { message, currentStatus: 'ACTIVE', blockedBy: [...new Set(blockedBy)] }));
  return false;
}

function isTwice({ interval, processDate }: MandateTerms, a: Debit, b: Debit): boolean {
  if (processDate !== null || interval === null) return true;
  const [first, second] = a.from <= b.from ? [a, b] : [b, a];
  // One begins in, or before the end of, the last cycle of the other.
  return first.to === null || second.from <= first.to || isInCycle({ interval }, first.to, second.from);
}
