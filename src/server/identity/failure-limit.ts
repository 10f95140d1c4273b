import { createPointBuckets } from '../../admission/point-buckets.ts';
import { requestError } from '../../graphql/pipeline/request-error.ts';

/**
 * Runs a check of credentials from an address. Throws RATE_LIMITED instead of returning a failure when too many of the
 * address have failed.
 */
export type FailureLimit = <Found>(address: string, look: () => Promise<Found>) => Promise<Found>;

/**
 * Limits failures only: valid credentials are never refused for failures of others behind the same address. The checks
 * themselves are not limited, because API keys are looked up in batches.
 */
export function createFailureLimit(failuresPerMinute: number, isFailure: (found: unknown) => boolean): FailureLimit {
  const failures = createPointBuckets({ bucketPoints: failuresPerMinute, refillPerSecond: failuresPerMinute / 60 });
  return async (address, look) => {
    const found = await look();
    if (!isFailure(found)) return found;
    const taken = failures.take(address, 1);
    if ('left' in taken) return found;
    throw requestError(
      'RATE_LIMITED',
      'Too many authentication failures from this address; send valid credentials, or retry after `retryAfterMs`.',
      [],
      taken,
    );
  };
}
