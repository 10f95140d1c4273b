import { createPointBuckets, type Taken } from './point-buckets.ts';

/**
 * The party charged for a request: an API key or user of a merchant, or the address of a caller without credentials.
 */
export interface Payer {
  readonly id: string;
  readonly isKnown: boolean;
}

/** Token bucket limits of one payer. */
export interface AllowanceLimits {
  /** Capacity of the bucket: the points that a key may spend at once. */
  readonly bucketPoints: number;
  /** Points added to the bucket per second. */
  readonly refillPerSecond: number;
}

/** Token buckets of all payers, in memory of this node. */
export interface Allowances {
  /** Takes points from the bucket of a payer; see `PointBuckets.take`. */
  take(payer: Payer, points: number, how?: 'TAKE' | 'LOOK' | 'OWE'): Taken;
  /** Takes one search by personal number, for a payer without the scope `pii:read`. */
  takeLookUp(payer: Payer): Taken;
}

/** Maximum number of searches by personal number per minute for a key without the scope `pii:read`. */
export const LOOK_UPS_PER_MINUTE = 20;

/**
 * Share of a key's limits granted to an address without credentials, which can do little more than query `__typename`.
 */
const ANONYMOUS_SHARE = 1 / 100;

/** Creates token buckets, one per payer. Callers without credentials share the bucket of their address. */
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
