import type { App } from '../services/app.ts';
import { type BackgroundLoop, startBackgroundLoop } from '../services/background-loop.ts';
import { postponeDueWork, runDueWork, STEP_SIZE } from '../services/run-due-work.ts';
import { isUnavailable, queryable } from '../store/database.ts';
import { findMerchantsWithDueWork } from '../store/due-work.ts';

/** How late work may be found. */
const POLL_MS = 200;

/** Does what is due on every merchant's clock, for as long as it runs. Every node runs one; they share the merchants. */
export function startScheduler(app: App, onError: (error: unknown) => void): BackgroundLoop {
  const work = async (isStopped: () => boolean) => {
    await runOnce(app, onError, isStopped);
    return 'DONE' as const;
  };
  return startBackgroundLoop(work, POLL_MS, onError);
}

/**
 * Does everything that is due now: a step for each merchant in turn, until nothing is left, so that no merchant waits for
 * another's backlog. A merchant whose step fails goes on piece by piece, and the piece that fails is put aside for a while.
 */
export async function runOnce(
  app: App,
  onError: (error: unknown) => void,
  isStopped: () => boolean = () => false,
): Promise<void> {
  const limits = new Map<string, number>();
  let merchants = await findMerchantsWithDueWork(queryable(app.database), new Date());
  while (merchants.length > 0 && !isStopped()) {
    const busy: string[] = [];
    for (const merchantId of merchants) {
      const limit = limits.get(merchantId) ?? STEP_SIZE;
      try {
        const done = await runDueWork(app, merchantId, (tx) => app.clock.now(tx, merchantId), limit);
        if (done > 0) busy.push(merchantId);
      } catch (error) {
        onError(error);
        if (isUnavailable(error)) continue;
        if (limit === 1) await postponeDueWork(app, merchantId).catch(onError);
        limits.set(merchantId, 1);
        busy.push(merchantId);
      }
    }
    merchants = busy;
  }
}
