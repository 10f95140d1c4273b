import type { Findings } from '../../domain/findings.ts';
import { lookUp } from '../../domain/invariants.ts';
import { previewCollections, type ScheduledCollection } from '../../domain/payment/preview.ts';
import { checkOneDebit, debitOf } from '../../domain/submit/one-debit.ts';
import type { PaymentPlan } from '../../domain/submit/plan.ts';
import type { Debit, SubmitContext } from '../../domain/submit/submit-context.ts';

/** Returns the first collection of a payment; null for a pay-in. */
export function firstCollectionOf(
  { method, mandate, timing, amountCents }: PaymentPlan,
  known: SubmitContext,
): ScheduledCollection | null {
  if (method.type === 'PAY_IN') return null;
  const own = lookUp(known.mandates, mandate?.id);
  const terms = mandate?.made ?? own ?? null;
  const adjustmentAnchor = own?.adjustmentAnchor ?? (terms && (terms.firstDate ?? timing.firstNominalDate));
  const payment = {
    ...timing,
    amountCents,
    methodType: method.type,
    dateAdjustmentRule: method.dateAdjustmentRule,
    mandate: terms && { ...terms, adjustmentAnchor, adjustmentsMade: own?.adjustmentsMade ?? 0 },
  };
  const start = { planned: timing.first, lost: [], hasFirst: false };
  return previewCollections(payment, start, known.now, known.holidays, 1)[0] ?? null;
}

/** Reserves the cycles of an existing mandate for a payment; a cycle that another payment has taken is an error. */
export function takeCycles(
  { mandate, timing }: PaymentPlan,
  known: SubmitContext,
  debits: Map<string, Debit[]>,
  findings: Findings,
): void {
  const terms = lookUp(known.mandates, mandate?.id);
  if (!terms) return;
  const others = debits.get(terms.id) ?? [];
  const debit = debitOf({ timing });
  if (checkOneDebit(terms, debit, others, findings)) debits.set(terms.id, [...others, debit]);
}
