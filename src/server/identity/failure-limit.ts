import { createPointBuckets } from '../../admission/point-buckets.ts';
import { requestError } from '../../graphql/pipeline/request-error.ts';

/** Looks at credentials that come from an address. Throws RATE_LIMITED in place of an answer when too many from there were wrong. */
export type FailureLimit = <Found>(address: string, look: () => Promise<Found>) => Promise<Found>;

/**
 * Limits what fails, and nothing else: good credentials are never refused for the faults of others, who may stand behind the same
 * address. To look costs no more than the request it came with: keys are looked up many at a time.
 */
export function createFailureLimit(failuresPerMinute: number, isFailure: (found: unknown) => boolean): FailureLimit {
  const failures = createPointBuckets({ bucketPoints: failuresPerMinute, refillPerSecond: failuresPerMinute / 60 });
  return async (address, look) => {
    const found = await look();
    if (!isFailure(found)) return found;
    const taken = failures.take(address, 1);
    if ('left' in taken) return found;
    throw requestError('RATE_LIMITED', 'Too many wrong credentials from this address.', [], taken);
  };
}
