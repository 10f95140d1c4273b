import type { Cause } from '../../domain/event.ts';
import { isUnavailable, type Tx, withTransaction } from '../../store/connection/database.ts';
import { setInstant, withMerchant } from '../../store/connection/merchant-transaction.ts';
import {
  type DueKind,
  type DueWork,
  deleteDueWork,
  findDueWork,
  leaseDueWork,
  lockDueWork,
} from '../../store/due-work.ts';
import { type LockMode, lockDueWorkTurn } from '../../store/merchants/merchants.ts';
import type { WriteContext } from '../../store/write-context.ts';
import type { App } from '../app.ts';
import { disableBankAccounts } from '../bank-accounts/disable-bank-accounts.ts';
import { awaitAnswers } from '../bank-answers/await-answers.ts';
import { endTracking } from '../bank-answers/end-tracking.ts';
import { receiveBankAnswers } from '../bank-answers/receive-bank-answers.ts';
import type { BankCall } from '../collections/bank-call.ts';
import { createDueTransactions } from '../collections/create-due-transactions.ts';
import { endPayments } from '../collections/end-payments.ts';
import { expirePayIns } from '../collections/expire-pay-ins.ts';
import { recheckAuthority } from '../collections/recheck-authority.ts';
import { replanCalendar } from '../collections/replan-calendar.ts';
import { markDeceased } from '../customers/mark-deceased.ts';
import { adjustMandates } from '../mandates/adjust-mandates.ts';
import { applyRepoChanges } from '../mandates/apply-repo-changes.ts';
import { completeMandates } from '../mandates/complete-mandates.ts';
import { expireAmendments, expireMandates } from '../mandates/expire-mandates.ts';
import { sendMandateRequests } from '../mandates/send-mandate-requests.ts';
import { sendTransactions } from './send-transactions.ts';

/** So much is done in one transaction. */
export const STEP_SIZE = 1_000;
/** What fails is tried again after so long. */
const POSTPONED_MS = 60_000;

/** Decides, in the transaction of a step, what time it is: the work due by then is done at that instant. */
export type Instant = (tx: Tx) => Promise<Date>;

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
  { limit = STEP_SIZE, taking = 'WAIT' }: { readonly limit?: number; readonly taking?: LockMode } = {},
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
  { limit, taking }: { readonly limit: number; readonly taking: LockMode },
  step: Step,
) {
  return withMerchant(app.database, merchantId, async (tx) => {
    if (!(await lockDueWorkTurn(tx, merchantId, taking))) return { count: 0, atBank: null };
    const now = await instant(tx);
    setInstant(tx, now);
    const found = await findDueWork(tx, merchantId, app.clock.clockName, now, limit);
    const work = await lockDueWork(tx, merchantId, found);
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
    const context: WriteContext = { tx, merchantId, occurredAt: now, clockName, cause, clientId: null, onTransaction };
    const atBank = kind && work.length > 0 ? await start(app, context, kind, work) : null;
    if (work.length > 0) tx.onCommit(app.onEvents);
    // What was taken back meanwhile counts as done: there may be more.
    return { count: found.length, atBank };
  });
}

/** Puts the next piece of a merchant's due work aside for a while. Its time has come all the same: the clock is not held up. */
async function postponeNext(app: App, merchantId: string, instant: Instant): Promise<void> {
  await withTransaction(app.database, async (tx) => {
    await lockDueWorkTurn(tx, merchantId, 'WAIT');
    const [work] = await findDueWork(tx, merchantId, app.clock.clockName, await instant(tx), 1);
    if (work) await leaseDueWork(tx, merchantId, work.kind, [work.subjectId], POSTPONED_MS);
  });
}

/** Does work of one kind; what goes to the bank is finished outside the transaction. */
async function start(
  app: App,
  context: WriteContext,
  kind: DueKind,
  work: readonly DueWork[],
): Promise<BankCall | null> {
  if (kind === 'SEND_TRANSACTION') return sendTransactions(app, context, work);
  if (kind === 'SEND_MANDATE_REQUEST') return sendMandateRequests(app, context, work);
  if (kind === 'AWAIT_ANSWER') return awaitAnswers(app, context, work);
  await runLocal(kind, app, context, work);
  return null;
}

/** The kinds of work that call no bank. */
type LocalKind = Exclude<DueKind, 'SEND_TRANSACTION' | 'SEND_MANDATE_REQUEST' | 'AWAIT_ANSWER'>;

/** Due work is read one kind at a time, so that `work` is of the kind. */
function runLocal<Kind extends LocalKind>(kind: Kind, app: App, context: WriteContext, work: readonly DueWork[]) {
  return HANDLERS[kind](app, context, work as ReadonlyArray<DueWork<Kind>>);
}

const HANDLERS: {
  readonly [Kind in LocalKind]: (app: App, context: WriteContext, work: ReadonlyArray<DueWork<Kind>>) => Promise<void>;
} = {
  BANK_ANSWER: takeAnswers,
  REPLAN_COLLECTIONS: (_app, context, work) => replanCalendar(context, work),
  EXPIRE_PAY_IN: (_app, context, work) => expirePayIns(context, work),
  CREATE_TRANSACTION: (_app, context, work) => createDueTransactions(context, work),
  END_TRACKING: (_app, context, work) => endTracking(context, work),
  EXPIRE_MANDATE: (_app, context, work) => expireMandates(context, work),
  EXPIRE_AMENDMENT: (_app, context, work) => expireAmendments(context, work),
  ADJUST_MANDATE: (_app, context, work) => adjustMandates(context, work),
  REPO_CHANGE: (_app, context, work) => applyRepoChanges(context, work),
  COMPLETE_MANDATE: (_app, context, work) => completeMandates(context, work),
  DISABLE_BANK_ACCOUNT: disableBankAccounts,
  JUDGE_AUTHORITY: (_app, context, work) => recheckAuthority(context, work),
  MARK_DECEASED: markDeceased,
  END_PAYMENT: (_app, context, work) => endPayments(context, work),
};

async function takeAnswers(
  app: App,
  context: WriteContext,
  work: ReadonlyArray<DueWork<'BANK_ANSWER'>>,
): Promise<void> {
  const messages = work.map(({ subjectId, dueAt, details }) => ({
    messageId: subjectId,
    ...details,
    occurredAt: dueAt > context.occurredAt ? context.occurredAt : dueAt,
  }));
  const quarantined = await receiveBankAnswers(context, messages);
  if (quarantined > 0) {
    context.tx.onCommit(() => app.meter.quarantined(quarantined));
    app.log.warn({ merchantId: context.merchantId, quarantined }, 'bank answers that no transition allows');
  }
  const ids = work.map((item) => item.subjectId);
  await deleteDueWork(context.tx, context.merchantId, 'BANK_ANSWER', ids);
}
