import { queryable, withTransaction } from '../store/database.ts';
import { findNextDue } from '../store/due-work.ts';
import { findClockOffset, isSandboxMerchant, setClockOffset } from '../store/merchants.ts';
import type { App, Caller } from './app.ts';
import { runDueWork } from './run-due-work.ts';

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
  const deadline = Date.now() + CALL_MS_MAX;
  while (Date.now() < deadline) {
    const next = await findNextDue(database, merchantId, app.clock.timeline, to);
    if (next === null) return { reachedAt: await setClock(app, merchantId, to), done: true };
    const now = await app.clock.now(database, merchantId);
    const done = await runDueWork(app, merchantId, next > now ? next : now, 'SET_CLOCK');
    if (done === 0) await new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE_MS));
  }
  return { reachedAt: await app.clock.now(database, merchantId), done: false };
}

/** The clock never goes back: a short step at the end may have let it tick past `to`. */
async function setClock(app: App, merchantId: string, to: Date): Promise<Date> {
  return withTransaction(app.database, async (tx) => {
    const offset = await findClockOffset(tx, merchantId, true);
    const wanted = to.getTime() - Date.now();
    if (wanted > offset) await setClockOffset(tx, merchantId, wanted);
    return new Date(Date.now() + Math.max(wanted, offset));
  });
}
