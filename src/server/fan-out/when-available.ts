import { isTimeout, isUnavailable } from '../../store/connection/database.ts';

/** Delay before a retry while the database is unavailable, in milliseconds. */
const RETRY_MS = 500;
/** Number of statement timeouts of one piece of work after which it is no longer retried. */
const TIMEOUTS_MAX = 3;

/**
 * Runs work, retrying while the database is unavailable and the result is wanted. Returns null when it is no longer
 * wanted. Throws after TIMEOUTS_MAX timeouts, since a document that slow would time out again.
 */
export async function whenAvailable<Result>(
  work: () => Promise<Result>,
  isWanted: () => boolean,
): Promise<Result | null> {
  let timeouts = 0;
  while (isWanted()) {
    try {
      return await work();
    } catch (error) {
      if (isTimeout(error)) timeouts += 1;
      if (!isUnavailable(error) || timeouts === TIMEOUTS_MAX) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
  return null;
}
