import type { Database } from '../store/database.ts';
import { queryable } from '../store/database.ts';
import { findLogHeads, type LogHead } from '../store/events.ts';

/** Wake-ups may be lost; this is how late an event then comes. */
const POLL_MS = 100;

interface Waiter {
  readonly merchantId: string;
  readonly beyond: LogHead;
  readonly resolve: (head: LogHead | null) => void;
}

/** Where the logs end, watched once for all readers of this node. */
export interface LogTail {
  /** The end of a merchant's log now. */
  head(merchantId: string): Promise<LogHead>;
  /** The end of the log as soon as it is beyond a known one, or of another epoch. Null when `signal` aborts. */
  waitBeyond(beyond: LogHead, signal: AbortSignal): Promise<LogHead | null>;
  /** Look now. */
  wake(): void;
  stop(): void;
}

/** Asks the database for the ends of the logs that someone waits for: when woken, and every 100 ms. */
export function createLogTail(database: Database, onError: (error: unknown) => void): LogTail {
  const waiters = new Set<Waiter>();
  let isLooking = false;
  let lookAgain = false;
  const timer = setInterval(() => void look(), POLL_MS);

  async function look(): Promise<void> {
    lookAgain = true;
    if (isLooking) return;
    isLooking = true;
    while (lookAgain && waiters.size > 0) {
      lookAgain = false;
      try {
        const merchantIds = [...new Set([...waiters].map((waiter) => waiter.merchantId))];
        settle(await findLogHeads(queryable(database), merchantIds));
      } catch (error) {
        onError(error);
      }
    }
    isLooking = false;
  }

  function settle(heads: readonly LogHead[]): void {
    const byMerchant = new Map(heads.map((head) => [head.merchantId, head]));
    for (const waiter of waiters) {
      const head = byMerchant.get(waiter.merchantId);
      if (head && (head.lastPosition > waiter.beyond.lastPosition || head.epoch !== waiter.beyond.epoch))
        waiter.resolve(head);
    }
  }

  return {
    async head(merchantId) {
      const [head] = await findLogHeads(queryable(database), [merchantId]);
      if (!head) throw new Error(`merchant ${merchantId} has no log`);
      return head;
    },
    waitBeyond: (beyond, signal) =>
      new Promise((resolve) => {
        const waiter: Waiter = { merchantId: beyond.merchantId, beyond, resolve: end };
        const abort = (): void => end(null);
        function end(head: LogHead | null): void {
          waiters.delete(waiter);
          signal.removeEventListener('abort', abort);
          resolve(head);
        }
        if (signal.aborted) return resolve(null);
        signal.addEventListener('abort', abort);
        waiters.add(waiter);
        void look();
      }),
    wake: () => void look(),
    stop() {
      clearInterval(timer);
      for (const waiter of waiters) waiter.resolve(null);
    },
  };
}
