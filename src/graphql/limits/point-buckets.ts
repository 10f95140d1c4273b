/** Points that clients may spend: a bucket for each, that fills itself. In memory of the node, and bounded. */
export interface PointBuckets {
  /** Takes points, or only looks whether they could be taken: how many are left, or how long until there are enough. */
  take(client: string, points: number, how?: 'TAKE' | 'LOOK'): Taken;
}

export type Taken = { readonly left: number } | { readonly retryAfterMs: number };

interface Bucket {
  points: number;
  at: number;
}

/** A bucket that is full again is forgotten; so many are looked at for it at a time. */
const SWEEP_SIZE = 1_000;
const BUCKETS_MAX = 100_000;

export function createPointBuckets(
  { bucketPoints, refillPerSecond }: { readonly bucketPoints: number; readonly refillPerSecond: number },
  now: () => number = Date.now,
): PointBuckets {
  const buckets = new Map<string, Bucket>();
  const filled = ({ points, at }: Bucket): number =>
    Math.min(bucketPoints, points + ((now() - at) / 1_000) * refillPerSecond);

  /** Oldest first: who has not come for long has a full bucket, which is what a new one is. */
  function sweep(): void {
    let looked = 0;
    for (const [client, bucket] of buckets) {
      looked += 1;
      if (filled(bucket) < bucketPoints || looked > SWEEP_SIZE) break;
      buckets.delete(client);
    }
  }

  return {
    take(client, points, how = 'TAKE') {
      const known = buckets.get(client);
      const available = known ? filled(known) : bucketPoints;
      if (available < points) return { retryAfterMs: Math.ceil(((points - available) / refillPerSecond) * 1_000) };
      const left = Math.floor(available - points);
      if (how === 'LOOK') return { left };
      buckets.delete(client);
      if (buckets.size >= BUCKETS_MAX) sweep();
      buckets.set(client, { points: available - points, at: now() });
      return { left };
    },
  };
}
