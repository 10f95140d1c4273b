import { type AllowanceLimits, type Allowances, createAllowances, type Payer } from '../../admission/allowances.ts';

/** Limits of all streams of one merchant together, as a multiple of the limits of one key. */
const KEYS_OF_MERCHANT = 2;

/** Charges for rendering events: the merchant in full, and the payers whose streams show the event in equal parts. */
export interface RenderingPoints {
  /**
   * Charges one rendering and returns null. When points are missing, charges nothing and returns the payers that lack
   * them: all of them when the merchant does.
   */
  pay(merchantId: string, points: number, payers: readonly Payer[]): Unpaid | null;
}

/** The payers that cannot pay for a rendering, and the wait until they can, in milliseconds. */
export interface Unpaid {
  readonly payers: readonly Payer[];
  readonly retryAfterMs: number;
}

/**
 * Creates rendering points. `allowances` are those of the payers, shared with their requests; `limits` are those of one
 * key.
 */
export function createRenderingPoints(allowances: Allowances, limits: AllowanceLimits): RenderingPoints {
  const merchants = createAllowances({
    bucketPoints: limits.bucketPoints * KEYS_OF_MERCHANT,
    refillPerSecond: limits.refillPerSecond * KEYS_OF_MERCHANT,
  });
  return {
    pay(merchantId, points, payers) {
      const merchant: Payer = { id: merchantId, isKnown: true };
      const whole = merchants.take(merchant, points, 'LOOK');
      if ('retryAfterMs' in whole) return { payers, retryAfterMs: whole.retryAfterMs };
      const part = points / payers.length;
      const short = payers.flatMap((payer) => {
        const taken = allowances.take(payer, part, 'LOOK');
        return 'retryAfterMs' in taken ? [{ payer, ...taken }] : [];
      });
      if (short.length > 0)
        return {
          payers: short.map(({ payer }) => payer),
          retryAfterMs: Math.max(...short.map(({ retryAfterMs }) => retryAfterMs)),
        };
      merchants.take(merchant, points);
      for (const payer of payers) allowances.take(payer, part);
      return null;
    },
  };
}

/** Returns the distinct payers of some readers. */
export function payersOf(members: Iterable<{ readonly payer: Payer }>): Payer[] {
  return [...new Map([...members].map(({ payer }) => [payer.id, payer])).values()];
}
