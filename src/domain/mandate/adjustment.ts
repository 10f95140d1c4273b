import { type CivilDate, dayOfMonthAfter } from '../dates.ts';
import { AMOUNT_MAX_CENTS } from '../money.ts';

/** How often the instalment changes by itself. REPO: when the operator posts a change of the repo rate. */
export const ADJUSTMENT_CATEGORIES = ['NEVER', 'QUARTERLY', 'BIANNUALLY', 'ANNUALLY', 'REPO'] as const;
export type AdjustmentCategory = (typeof ADJUSTMENT_CATEGORIES)[number];
export const ADJUSTMENT_TYPES = ['RATE', 'AMOUNT'] as const;
export type AdjustmentType = (typeof ADJUSTMENT_TYPES)[number];

const MONTHS: Partial<Record<AdjustmentCategory, number>> = { QUARTERLY: 3, BIANNUALLY: 6, ANNUALLY: 12 };

/** Rates are whole numbers of hundred-thousandths of a percent. */
const RATE_SCALE = 100_000n;
const WHOLE = 100n * RATE_SCALE;

/** An instalment changes by at most so many percent at a time: what is more is a slip of the pen. */
export const RATE_MAX_PERCENT = 100;

/** A rate in percent with at most five places and a sign (`"5.12345"`, `"-1.5"`), or null. */
export function parseRate(text: string): number | null {
  const match = /^(-?)(\d{1,3})(?:\.(\d{1,5}))?$/.exec(text);
  if (!match) return null;
  const rate = Number(match[2]) * 100_000 + Number((match[3] ?? '').padEnd(5, '0'));
  return match[1] === '-' ? -rate : rate;
}

/** The percent of a rate, always with five places: `"5.12345"`. */
export function formatRate(rate: number): string {
  const digits = Math.abs(rate).toString().padStart(6, '0');
  return `${rate < 0 ? '-' : ''}${digits.slice(0, -5)}.${digits.slice(-5)}`;
}

/** By how much an amount changes at each adjustment. */
export type Adjustment = { readonly rate: number } | { readonly amountCents: number };

/** The amount after an adjustment, rounded half up to the cent (DOMAIN §6.3). */
export function adjustAmount(cents: number, adjustment: Adjustment): number {
  if ('amountCents' in adjustment) return cents + adjustment.amountCents;
  const scaled = BigInt(cents) * (WHOLE + BigInt(adjustment.rate));
  return Number((scaled * 2n + WHOLE) / (2n * WHOLE));
}

/** What adjusts itself: the instalment and the maximum. */
export interface Adjustable {
  readonly amountCents: number;
  readonly maximumAmountCents: number | null;
  readonly adjustmentCategory: AdjustmentCategory | null;
  readonly adjustmentRate: number | null;
  readonly adjustmentAmountCents: number | null;
}

/** The adjustment a mandate says; null when it says none, or waits for the repo rate. */
export function adjustmentOf(terms: Adjustable): Adjustment | null {
  if (terms.adjustmentCategory === null || !(terms.adjustmentCategory in MONTHS)) return null;
  if (terms.adjustmentRate !== null) return { rate: terms.adjustmentRate };
  return terms.adjustmentAmountCents === null ? null : { amountCents: terms.adjustmentAmountCents };
}

/** Instalment and maximum after an adjustment; as they were when it would leave nothing to collect, or more than there is. */
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

/** The day of the `count`-th adjustment, counted from the anchor each time; null when there is none. */
export function adjustmentDate(
  category: AdjustmentCategory | null,
  anchor: CivilDate,
  count: number,
): CivilDate | null {
  const months = category === null ? undefined : MONTHS[category];
  return months === undefined ? null : dayOfMonthAfter(anchor, months * count, Number(anchor.slice(8)));
}

/** What is counted of adjustments. */
interface Counted {
  readonly adjustmentCategory: AdjustmentCategory | null;
  readonly adjustmentAnchor: CivilDate | null;
  readonly adjustmentsMade: number;
}

/** Terms that adjust at other times begin to be counted now: what would have been before is not made up for. */
export function recounted<Terms extends Counted>(before: Counted, after: Terms, today: CivilDate): Terms {
  const isSame =
    before.adjustmentCategory === after.adjustmentCategory && before.adjustmentAnchor === after.adjustmentAnchor;
  if (isSame) return after;
  return { ...after, adjustmentsMade: adjustmentsBy(after.adjustmentCategory, after.adjustmentAnchor, today) };
}

/** How many adjustments are due by a day. */
export function adjustmentsBy(category: AdjustmentCategory | null, anchor: CivilDate | null, day: CivilDate): number {
  if (anchor === null) return 0;
  let count = 0;
  for (;;) {
    const next = adjustmentDate(category, anchor, count + 1);
    if (next === null || next > day) return count;
    count += 1;
  }
}
