import type { App } from '../services/app.ts';
import { type BackgroundLoop, type LoopReport, startBackgroundLoop } from '../services/background-loop.ts';
import { runDueWork, STEP_SIZE } from '../services/due-work/run-due-work.ts';
import { isUnavailable, type Queryable, queryable } from '../store/connection/database.ts';
import { findMerchantsWithDueWork } from '../store/due-work.ts';
import { createProgress, type Progress } from './progress.ts';

/** How late work may be found. */
const POLL_MS = 200;
const STEP_GROWTH = 10;

/** Does what is due on every merchant's clock, for as long as it runs. Every node runs one; they share the merchants. */
export function startScheduler(app: App, report: LoopReport): BackgroundLoop {
  const limits: StepLimits = new Map();
  const progress = createProgress(app.log);
  return startBackgroundLoop(
    (isStopped) => runRound(app, limits, report.onError, isStopped, progress),
    POLL_MS,
    report,
  );
}

/** How much of a merchant's work is done in one step, where it is less than usual: after a failure. */
export type StepLimits = Map<string, number>;

/**
 * A step for each merchant with due work, so that none waits for another's backlog; MORE when there may be more. A merchant
 * whose step fails goes on piece by piece, until the one that fails is put aside, then in ever larger steps again.
 */
export async function runRound(
  app: App,
  limits: StepLimits,
  onError: (error: unknown) => void,
  isStopped: () => boolean,
  progress: Progress = createProgress(app.log),
): Promise<'MORE' | 'DONE'> {
  let outcome: 'MORE' | 'DONE' = 'DONE';
  for (const merchantId of await findMerchantsWithDueWork(queryable(app.database))) {
    if (isStopped()) return 'DONE';
    const limit = limits.get(merchantId) ?? STEP_SIZE;
    try {
      // A merchant whose work another node is at is left to it.
      const instant = (tx: Queryable) => app.clock.now(tx, merchantId);
      const done = await runDueWork(app, merchantId, instant, { limit, taking: 'SKIP' });
      if (done > 0) outcome = 'MORE';
      progress.note(merchantId, done, limit);
      if (limit * STEP_GROWTH < STEP_SIZE) limits.set(merchantId, limit * STEP_GROWTH);
      else limits.delete(merchantId);
    } catch (error) {
      onError(error);
      if (isUnavailable(error)) continue;
      limits.set(merchantId, 1);
      outcome = 'MORE';
    }
  }
  return outcome;
}
