import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { createFairGate } from '../graphql/limits/fair-gate.ts';
import { createPointBuckets } from '../graphql/limits/point-buckets.ts';
import { requestError } from '../graphql/request-error.ts';
import type { Identity } from '../services/app.ts';

/** So many good credentials are remembered, those used last, by their hashes. */
const REMEMBERED_MAX = 10_000;
/** Of credentials that were never good so many are looked at in one moment, and so many of an address. */
const AT_ONCE = { slots: 50, slotsPerClient: 10, waitMs: 5_000 };

/** Looks at credentials that come from an address: whose they are, or null. RATE_LIMITED when too many from there were wrong. */
export type FailureLimit = (
  address: string,
  credentials: string,
  look: () => Promise<Identity | null>,
) => Promise<Identity | null>;

/**
 * What was good before is looked at in any case: the address may be of a proxy that others come by too. All who come with the same
 * in one moment, as after a restart, are looked at once.
 */
export function createFailureLimit(failuresPerMinute: number): FailureLimit {
  const failures = createPointBuckets({ bucketPoints: failuresPerMinute, refillPerSecond: failuresPerMinute / 60 });
  const good = new LRUCache<string, true>({ max: REMEMBERED_MAX });
  const gate = createFairGate(AT_ONCE);
  const looking = new Map<string, Promise<Identity | null>>();

  return (address, credentials, look) => {
    const hash = createHash('sha256').update(credentials).digest('base64');
    const found = looking.get(hash) ?? find(hash, address, look).finally(() => looking.delete(hash));
    looking.set(hash, found);
    return found;
  };

  async function find(hash: string, address: string, look: () => Promise<Identity | null>): Promise<Identity | null> {
    if (good.has(hash)) return remember(hash, address, await look());
    return gate.run(address, async () => {
      const room = failures.take(address, 1, 'LOOK');
      if (!('retryAfterMs' in room)) return remember(hash, address, await look());
      throw requestError('RATE_LIMITED', 'Too many wrong credentials from this address.', [], room);
    });
  }

  function remember(hash: string, address: string, found: Identity | null): Identity | null {
    if (found === null) {
      good.delete(hash);
      failures.take(address, 1, 'OWE');
    } else good.set(hash, true);
    return found;
  }
}
