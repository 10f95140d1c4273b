import { isUnavailable, queryable, type Tx } from '../../store/connection/database.ts';
import { findNextDue } from '../../store/due-work/due-work.ts';
import { findClock, isClockFrozen, isSandboxMerchant, lockClock, setClock } from '../../store/merchants/merchants.ts';
import type { App, Caller } from '../app.ts';
import { runDueWork, STEP_SIZE } from '../due-work/run-due-work.ts';

/** Maximum duration of one call, in milliseconds. A longer advance returns the instant reached; call again. */
const CALL_MS_MAX = 20_000;
/** Pause before checking again for due jobs that another node has leased, in milliseconds. */
const BUSY_PAUSE_MS = 50;

/** Result of an advance of the clock. */
export interface ClockAdvance {
  /** Time of the merchant clock after the call. */
  readonly reachedAt: Date;
  /** Whether the clock reached the requested time. */
  readonly done: boolean;
}

/** Reason why the clock cannot be advanced. */
export type ClockRefusal = 'NOT_SANDBOX' | 'NOT_FORWARD';

/**
 * Advances the clock of a sandbox merchant to `to` and runs the jobs that become due, in order of time, each step at
 * its own instant and in its own transaction. Not atomic: a call that fails or takes too long leaves the clock at the
 * instant reached.
 */
export async function advanceClock(app: App, caller: Caller, to: Date): Promise<ClockAdvance | ClockRefusal> {
  const { merchantId } = caller;
  const database = queryable(app.database);
  if (!(await isSandboxMerchant(database, merchantId))) return 'NOT_SANDBOX';
  if (to < (await app.clock.now(database, merchantId))) return 'NOT_FORWARD';
  const deadline = performance.now() + CALL_MS_MAX;
  let limit = STEP_SIZE;
  while (performance.now() < deadline) {
    let isThere = false;
    const instant = async (tx: Tx): Promise<Date> => {
      const step = await stepClock(tx, app, merchantId, to);
      isThere = step.isThere;
      return step.now;
    };
    try {
      const done = await runDueWork(app, merchantId, instant, { limit });
      if (isThere) return { reachedAt: await app.clock.now(database, merchantId), done: true };
      if (done === 0) await new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE_MS));
      limit = STEP_SIZE;
    } catch (error) {
      if (isUnavailable(error)) throw error;
      // Run jobs one by one until the failing job is postponed; the clock does not pass its due time.
      app.log.error({ err: error, merchantId }, 'due work failed while the clock was advanced; retrying');
      limit = 1;
    }
  }
  return { reachedAt: await app.clock.now(database, merchantId), done: false };
}

/**
 * Moves the clock to the next due time, at most to `to`, never back. The exclusive clock lock waits for calls that plan
 * jobs by the old time, so that none is missed.
 */
async function stepClock(tx: Tx, app: App, merchantId: string, to: Date): Promise<{ now: Date; isThere: boolean }> {
  lockClock(tx, merchantId);
  const next = await findNextDue(tx, merchantId, app.clock.clockName, to);
  const before = await findClock(tx, merchantId);
  const now = next ?? to;
  const shown = now > before ? now : before;
  setClock(tx, merchantId, shown, await isClockFrozen(tx, merchantId));
  return { now: shown, isThere: next === null };
}
