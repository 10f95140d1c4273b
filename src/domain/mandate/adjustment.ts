import { type CivilDate, dayOfMonthAfter } from '../dates.ts';
import { AMOUNT_MAX_CENTS } from '../money.ts';

/** How often a mandate is adjusted automatically; REPO when the operator posts a change of the repo rate. */
export const ADJUSTMENT_CATEGORIES = ['NEVER', 'QUARTERLY', 'BIANNUALLY', 'ANNUALLY', 'REPO'] as const;
/** How often a mandate is adjusted. */
export type AdjustmentCategory = (typeof ADJUSTMENT_CATEGORIES)[number];
/** Whether an adjustment is a percentage or a fixed amount. */
export const ADJUSTMENT_TYPES = ['RATE', 'AMOUNT'] as const;
/** Kind of an adjustment. */
export type AdjustmentType = (typeof ADJUSTMENT_TYPES)[number];

const MONTHS: Partial<Record<AdjustmentCategory, number>> = { QUARTERLY: 3, BIANNUALLY: 6, ANNUALLY: 12 };

/** Rates are integers in hundred-thousandths of a percent. */
const RATE_SCALE = 100_000n;
const WHOLE = 100n * RATE_SCALE;

/** Maximum size of one adjustment, in percent; larger rates are assumed to be typing errors. */
export const RATE_MAX_PERCENT = 100;

/** Parses a signed percentage with at most five decimals (`"5.12345"`, `"-1.5"`) to a rate; null if invalid. */
export function parseRate(text: string): number | null {
  const match = /^(-?)(\d{1,3})(?:\.(\d{1,5}))?$/.exec(text);
  if (!match) return null;
  const rate = Number(match[2]) * 100_000 + Number((match[3] ?? '').padEnd(5, '0'));
  return match[1] === '-' ? -rate : rate;
}

/** Formats a rate in percent with exactly five decimals: `"5.12345"`. */
export function formatRate(rate: number): string {
  const digits = Math.abs(rate).toString().padStart(6, '0');
  return `${rate < 0 ? '-' : ''}${digits.slice(0, -5)}.${digits.slice(-5)}`;
}

/** Size of one adjustment: a rate in hundred-thousandths of a percent, or an amount in cents; both can be negative. */
export type Adjustment = { readonly rate: number } | { readonly amountCents: number };

/** Returns the amount in cents after one adjustment, rounded half up to the cent (DOMAIN §6.3). */
export function adjustAmount(cents: number, adjustment: Adjustment): number {
  if ('amountCents' in adjustment) return cents + adjustment.amountCents;
  const scaled = BigInt(cents) * (WHOLE + BigInt(adjustment.rate));
  return Number((scaled * 2n + WHOLE) / (2n * WHOLE));
}

/** Terms of a mandate that adjustments use or change. */
export interface Adjustable {
  readonly amountCents: number;
  readonly maximumAmountCents: number | null;
  readonly adjustmentCategory: AdjustmentCategory | null;
  readonly adjustmentRate: number | null;
  readonly adjustmentAmountCents: number | null;
}

/** Returns the periodic adjustment of a mandate; null if it has none or follows the repo rate. */
export function adjustmentOf(terms: Adjustable): Adjustment | null {
  if (terms.adjustmentCategory === null || !(terms.adjustmentCategory in MONTHS)) return null;
  if (terms.adjustmentRate !== null) return { rate: terms.adjustmentRate };
  return terms.adjustmentAmountCents === null ? null : { amountCents: terms.adjustmentAmountCents };
}

/**
 * Returns instalment and maximum after one adjustment. They stay unchanged if the instalment would not be positive or
 * would exceed the maximum, or if either would exceed the largest amount allowed.
 */
export function adjusted<Terms extends Adjustable>(
  terms: Terms,
  adjustment: Adjustment,
): Pick<Terms, 'amountCents' | 'maximumAmountCents'> {
  const amountCents = adjustAmount(terms.amountCents, adjustment);
  const maximum = terms.maximumAmountCents;
  const maximumAmountCents = maximum === null ? null : adjustAmount(maximum, adjustment);
  if (amountCents <= 0 || Math.max(amountCents, maximumAmountCents ?? 0) > AMOUNT_MAX_CENTS) return terms;
  if (maximumAmountCents !== null && maximumAmountCents < amountCents) return terms;
  return { amountCents, maximumAmountCents };
}

/** Returns the date of the `count`-th adjustment after the anchor date; null if the category is not periodic. */
export function adjustmentDate(
  category: AdjustmentCategory | null,
  anchor: CivilDate,
  count: number,
): CivilDate | null {
  const months = category === null ? undefined : MONTHS[category];
  return months === undefined ? null : dayOfMonthAfter(anchor, months * count, Number(anchor.slice(8)));
}

/** Adjustment counters of a mandate. */
interface Counted {
  readonly adjustmentCategory: AdjustmentCategory | null;
  readonly adjustmentAnchor: CivilDate | null;
  readonly adjustmentsMade: number;
}

/** Restarts the count if category or anchor changed: earlier dates of the new schedule are not made up for. */
export function recounted<Terms extends Counted>(before: Counted, after: Terms, today: CivilDate): Terms {
  const isSame =
    before.adjustmentCategory === after.adjustmentCategory && before.adjustmentAnchor === after.adjustmentAnchor;
  if (isSame) return after;
  return { ...after, adjustmentsMade: adjustmentsBy(after.adjustmentCategory, after.adjustmentAnchor, today) };
}

/** Returns the number of adjustments due on or before a date. */
export function adjustmentsBy(category: AdjustmentCategory | null, anchor: CivilDate | null, day: CivilDate): number {
  if (anchor === null) return 0;
  let count = 0;
  for (;;) {
    const next = adjustmentDate(category, anchor, count + 1);
    if (next === null || next > day) return count;
    count += 1;
  }
}
