import { LRUCache } from 'lru-cache';

/** Token buckets, one per client, in memory of this node and bounded in number. */
export interface PointBuckets {
  /**
   * Takes points and returns how many are left, or the milliseconds until enough are available. LOOK checks without
   * taking. OWE takes the points even when too few are left; the debt is at most one bucket.
   */
  take(client: string, points: number, how?: 'TAKE' | 'LOOK' | 'OWE'): Taken;
}

/** Points left after a call, or milliseconds until enough points are available. */
export type Taken = { readonly left: number } | { readonly retryAfterMs: number };

interface Bucket {
  points: number;
  at: number;
}

/**
 * Maximum number of buckets. Beyond it the least recently used is dropped: it has refilled longest, and a new one
 * starts full.
 */
const BUCKETS_MAX = 100_000;

/** Creates token buckets that start full. `now` returns milliseconds of a monotonic clock. */
export function createPointBuckets(
  { bucketPoints, refillPerSecond }: { readonly bucketPoints: number; readonly refillPerSecond: number },
  now: () => number = () => performance.now(),
  bucketsMax = BUCKETS_MAX,
): PointBuckets {
  const buckets = new LRUCache<string, Bucket>({ max: bucketsMax });
  const filled = ({ points, at }: Bucket): number =>
    Math.min(bucketPoints, points + ((now() - at) / 1_000) * refillPerSecond);

  return {
    take(client, points, how = 'TAKE') {
      const known = buckets.get(client);
      const available = known ? filled(known) : bucketPoints;
      if (available < points && how !== 'OWE')
        return { retryAfterMs: Math.ceil(((points - available) / refillPerSecond) * 1_000) };
      const left = Math.floor(available - points);
      if (how === 'LOOK') return { left };
      buckets.set(client, { points: Math.max(available - points, -bucketPoints), at: now() });
      return { left };
    },
  };
}
