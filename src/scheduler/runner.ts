import { BankUnavailable } from '../bank/bank.ts';
import type { App } from '../services/app.ts';
import { type BackgroundLoop, type LoopReport, startBackgroundLoop } from '../services/background-loop.ts';
import { runDueWork, STEP_SIZE } from '../services/due-work/run-due-work.ts';
import { isUnavailable, type Queryable, queryable } from '../store/connection/database.ts';
import { findMerchantsWithDueWork } from '../store/due-work/due-work.ts';
import { createProgress } from './progress.ts';

/** Poll interval in milliseconds: the maximum delay before due work is found. */
const POLL_MS = 200;
/** Factor by which a reduced step size grows after each successful step. */
const STEP_GROWTH = 10;

/** Bank calls of a merchant at a time, and so the steps that a bank that does not answer can hold. */
const CALLS_OF_MERCHANT_MAX = 4;

/** Starts the loop that runs the due work of all merchants. Every node runs one; the nodes share the merchants. */
export function startScheduler(app: App, report: LoopReport): BackgroundLoop {
  const round = createRound(app, report.onError);
  const loop = startBackgroundLoop(round.run, POLL_MS, report);
  return {
    ...loop,
    async stop() {
      await loop.stop();
      await round.settle();
    },
  };
}

/** Rounds over the merchants with due work. */
export interface Round {
  /**
   * Runs one step for each merchant with due work, so that none waits for the backlog of another, nor for its bank: bank calls end
   * later. Returns MORE when there may be more due work. After a failed step, a merchant continues with single jobs until
   * the failing one is postponed, then in growing steps.
   */
  run(isStopped: () => boolean): Promise<'MORE' | 'DONE'>;
  /** Waits for the bank calls that have begun. */
  settle(): Promise<void>;
}

/** Creates the rounds of a node. */
export function createRound(app: App, onError: (error: unknown) => void): Round {
  /** Reduced step sizes by merchant, after a failure; other merchants use STEP_SIZE. */
  const limits = new Map<string, number>();
  const calling = new Map<string, Set<Promise<void>>>();
  const progress = createProgress(app.log);
  const callsOf = (merchantId: string): Set<Promise<void>> => {
    const calls = calling.get(merchantId) ?? new Set();
    calling.set(merchantId, calls);
    return calls;
  };

  function failed(merchantId: string, error: unknown): void {
    onError(error);
    if (!isUnavailable(error) && !(error instanceof BankUnavailable)) limits.set(merchantId, 1);
  }

  function detach(merchantId: string, finishing: Promise<void>): void {
    const calls = callsOf(merchantId);
    const settled = finishing
      .catch((error: unknown) => failed(merchantId, error))
      .then(() => {
        calls.delete(settled);
        if (calls.size === 0) calling.delete(merchantId);
      });
    calls.add(settled);
  }

  async function step(merchantId: string): Promise<boolean> {
    const limit = limits.get(merchantId) ?? STEP_SIZE;
    // A merchant whose due work is being run by another node is skipped.
    const instant = (tx: Queryable) => app.clock.now(tx, merchantId);
    const done = await runDueWork(app, merchantId, instant, {
      limit,
      taking: 'SKIP',
      detach: (finishing) => detach(merchantId, finishing),
    });
    progress.note(merchantId, done, limit);
    if (limit * STEP_GROWTH < STEP_SIZE) limits.set(merchantId, limit * STEP_GROWTH);
    else limits.delete(merchantId);
    return done > 0;
  }

  return {
    async run(isStopped) {
      let outcome: 'MORE' | 'DONE' = 'DONE';
      for (const merchantId of await findMerchantsWithDueWork(queryable(app.database))) {
        if (isStopped()) return 'DONE';
        if ((calling.get(merchantId)?.size ?? 0) >= CALLS_OF_MERCHANT_MAX) continue;
        try {
          if (await step(merchantId)) outcome = 'MORE';
        } catch (error) {
          failed(merchantId, error);
          if (limits.has(merchantId)) outcome = 'MORE';
        }
      }
      return outcome;
    },
    async settle() {
      await Promise.all([...calling.values()].flatMap((calls) => [...calls]));
    },
  };
}
