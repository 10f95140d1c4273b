import { LRUCache } from 'lru-cache';

/** Points that clients may spend: a bucket for each, that fills itself. In memory of the node, and bounded. */
export interface PointBuckets {
  /**
   * Takes points, or only looks whether they could be taken: how many are left, or how long until there are enough. Who is made to
   * OWE loses them though there are not enough, to as many below none as a bucket holds.
   */
  take(client: string, points: number, how?: 'TAKE' | 'LOOK' | 'OWE'): Taken;
}

export type Taken = { readonly left: number } | { readonly retryAfterMs: number };

interface Bucket {
  points: number;
  at: number;
}

/** Beyond this the bucket that was used longest ago is forgotten: it has filled the longest, and a new one is full. */
const BUCKETS_MAX = 100_000;

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
