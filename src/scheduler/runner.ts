import type { App } from '../services/app.ts';
import { type BackgroundLoop, type LoopReport, startBackgroundLoop } from '../services/background-loop.ts';
import { runDueWork, STEP_SIZE } from '../services/due-work/run-due-work.ts';
import { isUnavailable, type Queryable, queryable } from '../store/connection/database.ts';
import { findMerchantsWithDueWork } from '../store/due-work/due-work.ts';
import { createProgress, type Progress } from './progress.ts';

/** Poll interval in milliseconds: the maximum delay before due work is found. */
const POLL_MS = 200;
/** Factor by which a reduced step size grows after each successful step. */
const STEP_GROWTH = 10;

/** Starts the loop that runs the due work of all merchants. Every node runs one; the nodes share the merchants. */
export function startScheduler(app: App, report: LoopReport): BackgroundLoop {
  const limits: StepLimits = new Map();
  const progress = createProgress(app.log);
  return startBackgroundLoop(
    (isStopped) => runRound(app, limits, report.onError, isStopped, progress),
    POLL_MS,
    report,
  );
}

/** Reduced step sizes by merchant id, after a failure; other merchants use STEP_SIZE. */
export type StepLimits = Map<string, number>;

/**
 * Runs one step for each merchant with due work, so that none waits for the backlog of another. Returns MORE when there
 * may be more due work. After a failed step, a merchant continues with single jobs until the failing one is postponed,
 * then in growing steps.
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
      // A merchant whose due work is being run by another node is skipped.
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
