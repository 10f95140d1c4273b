import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { createPointBuckets } from '../graphql/limits/point-buckets.ts';
import { requestError } from '../graphql/request-error.ts';

/** So many good credentials are remembered, those used last, by their hashes. */
const REMEMBERED_MAX = 10_000;
/** So many of an address that were never good are looked at in one moment; after a restart many come at once by a proxy. */
const AT_ONCE_MAX = 50;

/** Looks at credentials that come from an address; what it finds, or RATE_LIMITED when too many from there were wrong. */
export type FailureLimit = <Found>(
  address: string,
  credentials: string,
  look: () => Promise<Found | null>,
) => Promise<Found | null>;

/** What was good before is looked at in any case: the address may be of a proxy that others come by too. */
export function createFailureLimit(failuresPerMinute: number): FailureLimit {
  const failures = createPointBuckets({ bucketPoints: failuresPerMinute, refillPerSecond: failuresPerMinute / 60 });
  const good = new LRUCache<string, true>({ max: REMEMBERED_MAX });
  const looking = new Map<string, number>();

  return async (address, credentials, look) => {
    const hash = hashOf(credentials);
    if (good.has(hash)) return remember(hash, address, await look());
    const room = failures.take(address, 1, 'LOOK');
    if ('retryAfterMs' in room) throw tooMany(room.retryAfterMs);
    const count = looking.get(address) ?? 0;
    if (count >= AT_ONCE_MAX) throw tooMany(1_000);
    looking.set(address, count + 1);
    try {
      return remember(hash, address, await look());
    } finally {
      const left = (looking.get(address) ?? 1) - 1;
      if (left > 0) looking.set(address, left);
      else looking.delete(address);
    }
  };

  function remember<Found>(hash: string, address: string, found: Found | null): Found | null {
    if (found === null) {
      good.delete(hash);
      failures.take(address, 1, 'OWE');
    } else good.set(hash, true);
    return found;
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

function tooMany(retryAfterMs: number) {
  return requestError('RATE_LIMITED', 'Too many wrong credentials from this address.', [], { retryAfterMs });
}
