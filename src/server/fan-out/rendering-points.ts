import { type AllowanceLimits, type Allowances, createAllowances, type Payer } from '../../admission/allowances.ts';

/** What the streams of one merchant may spend together, in what one key has. */
const KEYS_OF_MERCHANT = 2;

/** What renderings of events cost, and who pays: the merchant in full, and the keys that are shown it in equal parts. */
export interface RenderingPoints {
  /** Pays for one rendering, or tells who cannot: some of the payers, or the merchant, for all of them. Then nothing is paid. */
  pay(merchantId: string, points: number, payers: readonly Payer[]): Unpaid | null;
}

export interface Unpaid {
  readonly payers: readonly Payer[];
  readonly retryAfterMs: number;
}

/** `allowances`: of the keys, shared with their requests. `limits`: of one key. */
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
