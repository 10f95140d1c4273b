import type { CivilDate } from '../dates.ts';
import { type Adjustable, adjusted, adjustmentOf, adjustmentsBy } from '../mandate/adjustment.ts';
import type { KnownMandate } from '../mandate/mandate.ts';
import type { TransactionKind } from '../transaction.ts';

/** Terms of a mandate that decide the amount of a collection. */
type CollectedTerms = Adjustable & Pick<KnownMandate, 'firstAmountCents' | 'adjustmentAnchor' | 'adjustmentsMade'>;

interface Collectable {
  readonly amountCents: number;
  readonly mandate: CollectedTerms | null;
}

/**
 * Returns the amount in cents to collect for a date: the first amount of the mandate for a FIRST collection, otherwise
 * that of the payment. An amount equal to that of the mandate includes the adjustments due by that date, even if the
 * transaction is created days earlier. The result is at most the maximum of the mandate on that date.
 */
export function amountOn({ mandate, amountCents }: Collectable, kind: TransactionKind, day: CivilDate): number {
  if (mandate === null) return amountCents;
  const terms = termsOn(mandate, day);
  const own = amountCents === mandate.amountCents ? terms.amountCents : amountCents;
  const amount = kind === 'FIRST' ? (mandate.firstAmountCents ?? own) : own;
  return terms.maximumAmountCents === null ? amount : Math.min(amount, terms.maximumAmountCents);
}

/** Returns instalment and maximum on a date, including the adjustments due by then. */
function termsOn(mandate: CollectedTerms, day: CivilDate): Pick<CollectedTerms, 'amountCents' | 'maximumAmountCents'> {
  const adjustment = adjustmentOf(mandate);
  if (!adjustment) return mandate;
  const due = adjustmentsBy(mandate.adjustmentCategory, mandate.adjustmentAnchor, day) - mandate.adjustmentsMade;
  let terms = mandate;
  for (let made = 0; made < due; made += 1) terms = { ...terms, ...adjusted(terms, adjustment) };
  return terms;
}
