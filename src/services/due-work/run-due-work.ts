import { BankUnavailable } from '../../bank/bank.ts';
import type { Cause } from '../../domain/event.ts';
import { isUnavailable, type Tx, withTransaction } from '../../store/connection/database.ts';
import { setInstant, withMerchant } from '../../store/connection/merchant-transaction.ts';
import { deleteDueWork, findDueWork, leaseDueWork, lockDueWork } from '../../store/due-work/due-work.ts';
import type { DueKind, DueWork } from '../../store/due-work/kinds.ts';
import { type LockMode, lockDueWorkOf } from '../../store/merchants/merchants.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { inSpan } from '../../tracing/spans.ts';
import type { App } from '../app.ts';
import { disableBankAccounts } from '../bank-accounts/disable-bank-accounts.ts';
import { awaitAnswers } from '../bank-answers/await-answers.ts';
import { endTracking } from '../bank-answers/end-tracking.ts';
import { noteQuarantined } from '../bank-answers/note-quarantined.ts';
import { receiveBankAnswers } from '../bank-answers/receive-bank-answers.ts';
import type { BankCall } from '../collections/bank-call.ts';
import { createDueTransactions } from '../collections/create-due-transactions.ts';
import { endPayments } from '../collections/end-payments.ts';
import { expirePayIns } from '../collections/expire-pay-ins.ts';
import { recheckAuthority } from '../collections/recheck-authority.ts';
import { replanCalendar } from '../collections/replan-calendar.ts';
import { contextOf } from '../context-of.ts';
import { markDeceased } from '../customers/mark-deceased.ts';
import { adjustMandates } from '../mandates/adjust-mandates.ts';
import { applyRepoChanges } from '../mandates/apply-repo-changes.ts';
import { completeMandates } from '../mandates/complete-mandates.ts';
import { expireAmendments, expireMandates } from '../mandates/expire-mandates.ts';
import { sendMandateRequests } from '../mandates/send-mandate-requests.ts';
import { sendTransactions } from './send-transactions.ts';

/** Maximum number of due jobs in one transaction. */
export const STEP_SIZE = 1_000;
/** Delay before a failed job is retried, in milliseconds. */
const POSTPONED_MS = 60_000;

/** Returns the time at which a step runs, in the transaction of the step; jobs due by then are run at that instant. */
export type Instant = (tx: Tx) => Promise<Date>;

/** Options of a step of due work. */
export interface StepOptions {
  readonly limit?: number;
  readonly taking?: LockMode;
  /**
   * Takes the bank calls of the step, which then end after it. By default the step ends with its bank calls; a bank that does not
   * answer would delay everybody whose due work waits for the step.
   */
  readonly detach?: (calls: Promise<void>) => void;
}

/**
 * Runs the earliest due jobs of a merchant in one transaction: at most `limit` jobs of one kind and one due time, in
 * order of their subject ids. Returns the number of jobs; zero when nothing is due or the due jobs are leased by
 * another node. One node at a time runs jobs of a merchant; `lockMode` decides whether other nodes wait or skip.
 *
 * Errors are rethrown. A failed transaction is rolled back; a failed bank call releases the lease of its jobs, at once or, while
 * the bank is unavailable, after `POSTPONED_MS`. With a limit of one, the failed job is postponed by `POSTPONED_MS`, so that a
 * caller that runs jobs one by one gets past it.
 */
export function runDueWork(app: App, merchantId: string, instant: Instant, options: StepOptions = {}): Promise<number> {
  const attributes = { 'gateway.merchant_id': merchantId };
  return inSpan('due work', { side: 'INTERNAL', attributes }, async (span) => {
    const step: Step = { kind: null, lagMs: 0 };
    try {
      const count = await runStep(app, merchantId, instant, options, step);
      span.setAttribute('gateway.due_work.jobs', count);
      return count;
    } finally {
      span.updateName(`due work ${step.kind ?? 'none'}`);
    }
  });
}

async function runStep(
  app: App,
  merchantId: string,
  instant: Instant,
  { limit = STEP_SIZE, taking: lockMode = 'WAIT', detach }: StepOptions,
  step: Step,
): Promise<number> {
  const { count, calls } = await startDueWork(app, merchantId, instant, { limit, taking: lockMode }, step).catch(
    async (error: unknown) => {
      app.meter.failed(step.kind ?? 'UNKNOWN');
      if (limit === 1 && !isUnavailable(error)) await postponeNext(app, merchantId, instant);
      throw error;
    },
  );
  const finish = () => finishCalls(app, calls, step, count, limit);
  // A detached call outlives the step, and has a span for itself.
  if (detach && calls.length > 0)
    detach(inSpan(`due work ${step.kind}, at the bank`, { side: 'INTERNAL', attributes: {} }, finish));
  else await finish();
  return count;
}

/** Makes the bank calls of a step, those of other connectors beside a failing one. Throws the first error in the end. */
async function finishCalls(app: App, calls: readonly BankCall[], step: Step, count: number, limit: number) {
  const results = await Promise.allSettled(
    calls.map(async (call) => {
      try {
        await call.finish();
      } catch (error) {
        app.meter.failed(step.kind ?? 'UNKNOWN');
        await call.release(limit === 1 || error instanceof BankUnavailable ? POSTPONED_MS : 0);
        throw error;
      }
    }),
  );
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  if (step.kind !== null) app.meter.done(step.kind, count, step.lagMs);
}

/** The kind and delay of the jobs of a step; set also when the step fails. */
interface Step {
  kind: DueKind | null;
  lagMs: number;
}

function startDueWork(
  app: App,
  merchantId: string,
  instant: Instant,
  { limit, taking: lockMode }: { readonly limit: number; readonly taking: LockMode },
  step: Step,
) {
  return withMerchant(app.database, merchantId, async (tx) => {
    if (!(await lockDueWorkOf(tx, merchantId, lockMode))) return { count: 0, calls: [] };
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
    const context = contextOf(app, tx, { merchantId, occurredAt: now, cause, clientId: null });
    const calls = kind && work.length > 0 ? await start(app, context, kind, work) : [];
    if (work.length > 0) tx.onCommit(app.onEvents);
    // Jobs that were withdrawn in the meantime count as run: more jobs may be due.
    return { count: found.length, calls };
  });
}

/** Postpones the next due job of a merchant by a lease. Its due time stays, so a moving clock still stops there. */
async function postponeNext(app: App, merchantId: string, instant: Instant): Promise<void> {
  await withTransaction(app.database, async (tx) => {
    await lockDueWorkOf(tx, merchantId, 'WAIT');
    const [work] = await findDueWork(tx, merchantId, app.clock.clockName, await instant(tx), 1);
    if (work) await leaseDueWork(tx, merchantId, work.kind, [work.subjectId], POSTPONED_MS);
  });
}

/** Runs jobs of one kind. Returns the bank calls that must be finished outside the transaction. */
async function start(app: App, context: WriteContext, kind: DueKind, work: readonly DueWork[]): Promise<BankCall[]> {
  if (kind === 'SEND_TRANSACTION') return sendTransactions(app, context, work);
  if (kind === 'SEND_MANDATE_REQUEST') return sendMandateRequests(app, context, work);
  if (kind === 'AWAIT_ANSWER') return awaitAnswers(app, context, work);
  await runLocal(kind, app, context, work);
  return [];
}

/** The kinds of jobs that do not call the bank. */
type LocalKind = Exclude<DueKind, 'SEND_TRANSACTION' | 'SEND_MANDATE_REQUEST' | 'AWAIT_ANSWER'>;

/** Runs jobs of a kind without a bank call. The cast is safe because a step reads jobs of one kind only. */
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
    reference: details.reference,
    event: details.event,
    code: details.code ?? null,
    authenticationReference: details.authenticationReference ?? null,
    providerReference: details.providerReference ?? null,
    occurredAt: dueAt > context.occurredAt ? context.occurredAt : dueAt,
  }));
  const { quarantined } = await receiveBankAnswers(context, messages);
  noteQuarantined(app, context, quarantined.size);
  const ids = work.map((item) => item.subjectId);
  deleteDueWork(context.tx, context.merchantId, 'BANK_ANSWER', ids);
}
