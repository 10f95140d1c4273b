import type { Cause } from '../../domain/event.ts';
import { isUnavailable, type Transaction, withTransaction } from '../../store/connection/database.ts';
import { setInstant, withMerchant } from '../../store/connection/merchant-transaction.ts';
import {
  type DueKind,
  type DueWork,
  deleteDueWork,
  findDueWork,
  holdDueWork,
  leaseDueWork,
} from '../../store/due-work.ts';
import { type TurnTaking, takeDueWorkTurn } from '../../store/merchants/merchants.ts';
import type { BankMessage } from '../../store/transactions/bank-messages.ts';
import type { WriteContext } from '../../store/write-context.ts';
import type { App } from '../app.ts';
import { disableBankAccounts } from '../bank-accounts/disable-bank-accounts.ts';
import { awaitAnswers } from '../bank-answers/await-answers.ts';
import { endTracking } from '../bank-answers/end-tracking.ts';
import { receiveBankAnswers } from '../bank-answers/receive-bank-answers.ts';
import type { AtBank } from '../collections/bank-call.ts';
import { createDueTransactions } from '../collections/create-due-transactions.ts';
import { endPayments } from '../collections/end-payments.ts';
import { expirePayIns } from '../collections/expire-pay-ins.ts';
import { judgeMandates } from '../collections/recheck-authority.ts';
import { replanCalendar } from '../collections/replan-calendar.ts';
import { markDeceased } from '../customers/mark-deceased.ts';
import {
  adjustMandates,
  applyRepoChanges,
  completeMandates,
  expireAmendments,
  expireMandates,
} from '../mandates/mandate-deadlines.ts';
import { sendMandateRequests } from '../mandates/send-mandate-requests.ts';
import { sendTransactions } from './send-transactions.ts';

/** So much is done in one transaction. */
export const STEP_SIZE = 1_000;
/** What fails is tried again after so long. */
const POSTPONED_MS = 60_000;

/** Decides, in the transaction of a step, what time it is: the work due by then is done at that instant. */
export type Instant = (tx: Transaction) => Promise<Date>;

/**
 * Does the earliest due work of a merchant, at most `limit` pieces of one kind and one instant. One node does so at a time
 * for a merchant; others wait, or leave it to that one. Returns how much was done: zero when nothing is due, or when what is
 * due is in somebody's hands.
 * When it fails, nothing of it is done: with a limit of one the piece is put aside for a minute, so that a caller who goes
 * on piece by piece comes past the one that fails.
 */
export async function runDueWork(
  app: App,
  merchantId: string,
  instant: Instant,
  { limit = STEP_SIZE, taking = 'WAIT' }: { readonly limit?: number; readonly taking?: TurnTaking } = {},
): Promise<number> {
  const step: Step = { kind: null, lagMs: 0 };
  const { count, atBank } = await startDueWork(app, merchantId, instant, { limit, taking }, step).catch(
    async (error: unknown) => {
      app.meter.failed(step.kind ?? 'UNKNOWN');
      if (limit === 1 && !isUnavailable(error)) await postponeNext(app, merchantId, instant);
      throw error;
    },
  );
  try {
    await atBank?.finish();
  } catch (error) {
    app.meter.failed(step.kind ?? 'UNKNOWN');
    await atBank?.release(limit === 1 ? POSTPONED_MS : 0);
    throw error;
  }
  if (step.kind !== null) app.meter.done(step.kind, count, step.lagMs);
  return count;
}

/** What a step came to be at, also when it failed. */
interface Step {
  kind: DueKind | null;
  lagMs: number;
}

function startDueWork(
  app: App,
  merchantId: string,
  instant: Instant,
  { limit, taking }: { readonly limit: number; readonly taking: TurnTaking },
  step: Step,
) {
  return withMerchant(app.database, merchantId, async (tx) => {
    if (!(await takeDueWorkTurn(tx, merchantId, taking))) return { count: 0, atBank: null };
    const now = await instant(tx);
    setInstant(tx, now);
    const found = await findDueWork(tx, merchantId, app.clock.clockName, now, limit);
    const work = await holdDueWork(tx, merchantId, found);
    const kind = found[0]?.kind;
    Object.assign(step, { kind: kind ?? null, lagMs: now.getTime() - (found[0]?.dueAt ?? now).getTime() });
    const cause: Cause = {
      actor: kind === 'BANK_ANSWER' ? 'BANK' : 'SCHEDULER',
      requestId: null,
      reasonCode: null,
      reason: null,
    };
    const { transaction: onTransaction } = app.meter;
    const { clockName } = app.clock;
    const change: WriteContext = { tx, merchantId, occurredAt: now, clockName, cause, clientId: null, onTransaction };
    const atBank = kind && work.length > 0 ? await start(app, change, kind, work) : null;
    if (work.length > 0) tx.onCommit(app.onEvents);
    // What was taken back meanwhile counts as done: there may be more.
    return { count: found.length, atBank };
  });
}

/** Puts the next piece of a merchant's due work aside for a while. Its time has come all the same: the clock is not held up. */
async function postponeNext(app: App, merchantId: string, instant: Instant): Promise<void> {
  await withTransaction(app.database, async (tx) => {
    await takeDueWorkTurn(tx, merchantId, 'WAIT');
    const [work] = await findDueWork(tx, merchantId, app.clock.clockName, await instant(tx), 1);
    if (work) await leaseDueWork(tx, merchantId, work.kind, [work.subjectId], POSTPONED_MS);
  });
}

/** Does work of one kind; what goes to the bank is finished outside the transaction. */
async function start(app: App, change: WriteContext, kind: DueKind, work: readonly DueWork[]): Promise<AtBank | null> {
  if (kind === 'SEND_TRANSACTION') return sendTransactions(app, change, work);
  if (kind === 'SEND_MANDATE_REQUEST') return sendMandateRequests(app, change, work);
  if (kind === 'AWAIT_ANSWER') return awaitAnswers(app, change, work);
  await DOES[kind](app, change, work);
  return null;
}

type Does = (app: App, change: WriteContext, work: readonly DueWork[]) => Promise<void>;

/** What is done for each kind of work that goes to nobody. */
const DOES: Readonly<Record<Exclude<DueKind, 'SEND_TRANSACTION' | 'SEND_MANDATE_REQUEST' | 'AWAIT_ANSWER'>, Does>> = {
  BANK_ANSWER: takeAnswers,
  REPLAN_COLLECTIONS: (_app, change, work) => replanCalendar(change, work),
  EXPIRE_PAY_IN: (_app, change, work) => expirePayIns(change, work),
  CREATE_TRANSACTION: (_app, change, work) => createDueTransactions(change, work),
  END_TRACKING: (_app, change, work) => endTracking(change, work),
  EXPIRE_MANDATE: (_app, change, work) => expireMandates(change, work),
  EXPIRE_AMENDMENT: (_app, change, work) => expireAmendments(change, work),
  ADJUST_MANDATE: (_app, change, work) => adjustMandates(change, work),
  REPO_CHANGE: (_app, change, work) => applyRepoChanges(change, work),
  COMPLETE_MANDATE: (_app, change, work) => completeMandates(change, work),
  DISABLE_BANK_ACCOUNT: disableBankAccounts,
  JUDGE_AUTHORITY: (_app, change, work) => judgeMandates(change, work),
  MARK_DECEASED: markDeceased,
  END_PAYMENT: (_app, change, work) => endPayments(change, work),
};

async function takeAnswers(app: App, change: WriteContext, work: readonly DueWork[]): Promise<void> {
  const messages = work.map(({ subjectId, dueAt, details }) => ({
    messageId: subjectId,
    reference: String(details['reference']),
    event: details['event'] as BankMessage['event'],
    code: (details['code'] as string | null | undefined) ?? null,
    authenticationReference: (details['authenticationReference'] as string | undefined) ?? null,
    providerReference: (details['providerReference'] as string | undefined) ?? null,
    occurredAt: dueAt > change.occurredAt ? change.occurredAt : dueAt,
  }));
  const quarantined = await receiveBankAnswers(change, messages);
  if (quarantined > 0) {
    change.tx.onCommit(() => app.meter.quarantined(quarantined));
    app.log.warn({ merchantId: change.merchantId, quarantined }, 'bank answers that no transition allows');
  }
  const ids = work.map((item) => item.subjectId);
  await deleteDueWork(change.tx, change.merchantId, 'BANK_ANSWER', ids);
}
