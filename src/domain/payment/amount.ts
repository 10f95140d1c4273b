import type { CivilDate } from '../dates.ts';
import { type Adjustable, adjusted, adjustmentOf, adjustmentsBy } from '../mandate/adjustment.ts';
import type { KnownMandate } from '../mandate/mandate.ts';
import type { TransactionKind } from '../transaction.ts';

/** What of a mandate says how much is collected. */
type CollectedTerms = Adjustable & Pick<KnownMandate, 'firstAmountCents' | 'adjustmentAnchor' | 'adjustmentsMade'>;

interface Collectable {
  readonly amountCents: number;
  readonly mandate: CollectedTerms | null;
}

/**
 * What is collected for a day: the first amount, or the payment's own; one of its mandate's amount follows the adjustments
 * due by that day, though the debit is made days before. Never more than the maximum of that day.
 */
export function amountOn({ mandate, amountCents }: Collectable, kind: TransactionKind, day: CivilDate): number {
  if (mandate === null) return amountCents;
  const terms = termsOn(mandate, day);
  const own = amountCents === mandate.amountCents ? terms.amountCents : amountCents;
  const amount = kind === 'FIRST' ? (mandate.firstAmountCents ?? own) : own;
  return terms.maximumAmountCents === null ? amount : Math.min(amount, terms.maximumAmountCents);
}

/** Instalment and maximum as they are on a day, with the adjustments that are due by then. */
function termsOn(mandate: CollectedTerms, day: CivilDate): Pick<CollectedTerms, 'amountCents' | 'maximumAmountCents'> {
  const adjustment = adjustmentOf(mandate);
  if (!adjustment) return mandate;
  const due = adjustmentsBy(mandate.adjustmentCategory, mandate.adjustmentAnchor, day) - mandate.adjustmentsMade;
  let terms = mandate;
  for (let made = 0; made < due; made += 1) terms = { ...terms, ...adjusted(terms, adjustment) };
  return terms;
}
