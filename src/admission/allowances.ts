import { createPointBuckets, type Taken } from './point-buckets.ts';

/** Who pays for a request: an API key or a user of a merchant, or the address of a caller without credentials. */
export interface Payer {
  readonly id: string;
  readonly isKnown: boolean;
}

export interface AllowanceLimits {
  /** Points that a key may spend at once. */
  readonly bucketPoints: number;
  /** Points that come back to it each second. */
  readonly refillPerSecond: number;
}

/** The points of all payers, in memory of the node. */
export interface Allowances {
  /** As `PointBuckets.take`. */
  take(payer: Payer, points: number, how?: 'TAKE' | 'LOOK' | 'OWE'): Taken;
  /** Takes one of the look-ups of personal numbers that a payer without the scope for reading them has. */
  takeLookUp(payer: Payer): Taken;
}

/** Look-ups of personal numbers that a key without `pii:read` has in a minute. */
export const LOOK_UPS_PER_MINUTE = 20;

/** An address without credentials has this part of what a key has: it can do little more than ask for `__typename`. */
const ANONYMOUS_SHARE = 1 / 100;

/** A token bucket for each payer; callers without credentials share that of their address. */
export function createAllowances({ bucketPoints, refillPerSecond }: AllowanceLimits): Allowances {
  const known = createPointBuckets({ bucketPoints, refillPerSecond });
  const anonymous = createPointBuckets({
    bucketPoints: Math.max(1, bucketPoints * ANONYMOUS_SHARE),
    refillPerSecond: Math.max(1, refillPerSecond * ANONYMOUS_SHARE),
  });
  const lookUps = createPointBuckets({
    bucketPoints: LOOK_UPS_PER_MINUTE,
    refillPerSecond: LOOK_UPS_PER_MINUTE / 60,
  });
  return {
    takeLookUp: ({ id }) => lookUps.take(id, 1),
    take: ({ id, isKnown }, points, how) => (isKnown ? known : anonymous).take(id, points, how),
  };
}
