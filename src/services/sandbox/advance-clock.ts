import { isUnavailable, queryable, type Tx } from '../../store/connection/database.ts';
import { findNextDue } from '../../store/due-work.ts';
import { findClock, isClockFrozen, isSandboxMerchant, lockClock, setClock } from '../../store/merchants/merchants.ts';
import type { App, Caller } from '../app.ts';
import { runDueWork, STEP_SIZE } from '../due-work/run-due-work.ts';

/** One call goes on for so long at most, then says how far it came: call again. */
const CALL_MS_MAX = 20_000;
/** Work that another node has at the bank is waited for. */
const BUSY_PAUSE_MS = 50;

export interface ClockAdvance {
  /** What the merchant's clock shows now. */
  readonly reachedAt: Date;
  /** Whether it shows what was asked for. */
  readonly done: boolean;
}

/** Why the clock cannot be moved. */
export type ClockRefusal = 'NOT_SANDBOX' | 'NOT_FORWARD';

/**
 * Moves a sandbox merchant's clock forward to `to`, and on the way does what becomes due, in the order of time, each step
 * at its own instant and in its own transaction.
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
      // Piece by piece, until the one that fails is put aside: the clock waits for it, and the answer says how far it came.
      app.log.error({ err: error, merchantId }, 'due work failed while the clock was moved; it is tried again');
      limit = 1;
    }
  }
  return { reachedAt: await app.clock.now(database, merchantId), done: false };
}

/**
 * Moves the clock to the next instant at which something is due, at most to `to`. Nobody submits meanwhile: what is due is
 * looked for when everything planned by the old time is written. The clock never goes back: it may have ticked past `to`.
 */
async function stepClock(tx: Tx, app: App, merchantId: string, to: Date): Promise<{ now: Date; isThere: boolean }> {
  await lockClock(tx, merchantId);
  const next = await findNextDue(tx, merchantId, app.clock.clockName, to);
  const before = await findClock(tx, merchantId);
  const now = next ?? to;
  const shown = now > before ? now : before;
  await setClock(tx, merchantId, shown, await isClockFrozen(tx, merchantId));
  return { now: shown, isThere: next === null };
}
