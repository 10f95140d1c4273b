import type { Cause } from '../domain/event.ts';
import type { BankEvent } from '../domain/transaction.ts';
import type { Change } from '../store/change.ts';
import { isUnavailable, type Transaction, withTransaction } from '../store/database.ts';
import { type DueWork, deleteDueWork, leaseDueWork, takeDueWork } from '../store/due-work.ts';
import { takeDueWorkTurn } from '../store/merchants.ts';
import type { App } from './app.ts';
import { createDueTransactions } from './create-due-transactions.ts';
import { receiveBankAnswers } from './receive-bank-answers.ts';
import { finishSending, prepareSending, releaseSending, type Sending } from './send-transactions.ts';

/** So much is done in one transaction. */
export const STEP_SIZE = 1_000;
/** What fails is tried again after so long. */
const POSTPONED_MS = 60_000;

/** Decides, in the transaction of a step, what time it is: the work due by then is done at that instant. */
export type Instant = (tx: Transaction) => Promise<Date>;

/**
 * Does the earliest due work of a merchant, at most `limit` pieces of one kind and one instant. One node does so at a time
 * for a merchant. Returns how much was done: zero when nothing is due, or when what is due is on its way to the bank.
 * When it fails, nothing of it is done: with a limit of one the piece is put aside for a minute, so that a caller who goes
 * on piece by piece comes past the one that fails.
 */
export async function runDueWork(app: App, merchantId: string, instant: Instant, limit = STEP_SIZE): Promise<number> {
  const { count, sending, base } = await startDueWork(app, merchantId, instant, limit).catch(async (error: unknown) => {
    if (limit === 1 && !isUnavailable(error)) await postponeNext(app, merchantId, instant);
    throw error;
  });
  if (!sending) return count;
  try {
    await finishSending(app, base, sending);
  } catch (error) {
    await releaseSending(app, merchantId, sending, limit === 1 ? POSTPONED_MS : 0);
    throw error;
  }
  return count;
}

function startDueWork(app: App, merchantId: string, instant: Instant, limit: number) {
  return withTransaction(app.database, async (tx) => {
    await takeDueWorkTurn(tx, merchantId);
    const now = await instant(tx);
    const work = await takeDueWork(tx, merchantId, app.clock.timeline, now, limit);
    const kind = work[0]?.kind;
    const cause: Cause = {
      actor: kind === 'BANK_ANSWER' ? 'BANK' : 'SCHEDULER',
      requestId: null,
      reasonCode: null,
      reason: null,
    };
    const change: Change = { tx, merchantId, occurredAt: now, cause, clientId: null };
    const sending = kind ? await start(app, change, kind, work) : null;
    if (work.length > 0) tx.onCommit(app.onEvents);
    return { count: work.length, sending, base: { merchantId, occurredAt: now, cause, clientId: null } };
  });
}

/** Puts the next piece of a merchant's due work aside for a while. Its time has come all the same: the clock is not held up. */
async function postponeNext(app: App, merchantId: string, instant: Instant): Promise<void> {
  await withTransaction(app.database, async (tx) => {
    await takeDueWorkTurn(tx, merchantId);
    const [work] = await takeDueWork(tx, merchantId, app.clock.timeline, await instant(tx), 1);
    if (work) await leaseDueWork(tx, merchantId, work.kind, [work.subjectId], POSTPONED_MS);
  });
}

async function start(
  app: App,
  change: Change,
  kind: DueWork['kind'],
  work: readonly DueWork[],
): Promise<Sending | null> {
  switch (kind) {
    case 'CREATE_TRANSACTION':
      await createDueTransactions(change, app.clock.timeline, work);
      return null;
    case 'SEND_TRANSACTION':
      return prepareSending(change, work);
    case 'BANK_ANSWER':
      await takeAnswers(app, change, work);
      return null;
  }
}

async function takeAnswers(app: App, change: Change, work: readonly DueWork[]): Promise<void> {
  const messages = work.map(({ subjectId, dueAt, details }) => ({
    messageId: subjectId,
    reference: String(details['reference']),
    event: details['event'] as BankEvent,
    code: (details['code'] as string | null | undefined) ?? null,
    occurredAt: dueAt > change.occurredAt ? change.occurredAt : dueAt,
  }));
  const quarantined = await receiveBankAnswers(change, messages);
  if (quarantined > 0)
    app.log.warn({ merchantId: change.merchantId, quarantined }, 'bank answers that no transition allows');
  const ids = work.map((item) => item.subjectId);
  await deleteDueWork(change.tx, change.merchantId, 'BANK_ANSWER', ids);
}
