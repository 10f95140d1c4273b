import type { Cause } from '../domain/event.ts';
import type { BankEvent } from '../domain/transaction.ts';
import type { Change } from '../store/change.ts';
import { withTransaction } from '../store/database.ts';
import { type DueWork, deleteDueWork, takeDueWork } from '../store/due-work.ts';
import { findClockOffset, setClockOffset } from '../store/merchants.ts';
import type { App } from './app.ts';
import { createDueTransactions } from './create-due-transactions.ts';
import { receiveBankAnswers } from './receive-bank-answers.ts';
import { finishSending, prepareSending, type Sending } from './send-transactions.ts';

/** So much is done in one transaction. */
const STEP_SIZE = 1_000;

/** Whether the step also sets the merchant's clock to its instant, as `advanceClock` does. */
export type ClockMove = 'KEEP_CLOCK' | 'SET_CLOCK';

/**
 * Does the earliest due work of a merchant, at most a thousand pieces of one kind and one instant, at the instant `now` of
 * its clock. One node does so at a time for a merchant. Returns how much was done: zero when nothing is due, or when
 * another node is at the bank with it.
 */
export async function runDueWork(app: App, merchantId: string, now: Date, clockMove: ClockMove): Promise<number> {
  const { count, sending, base } = await withTransaction(app.database, async (tx) => {
    const offset = await findClockOffset(tx, merchantId, true);
    const wanted = now.getTime() - Date.now();
    if (clockMove === 'SET_CLOCK' && wanted > offset) await setClockOffset(tx, merchantId, wanted);
    const work = await takeDueWork(tx, merchantId, app.clock.timeline, now, STEP_SIZE);
    const kind = work[0]?.kind;
    const cause: Cause = {
      actor: kind === 'BANK_ANSWER' ? 'BANK' : 'SCHEDULER',
      requestId: null,
      reasonCode: null,
      reason: null,
    };
    const change: Change = { tx, merchantId, occurredAt: now, cause };
    const started = kind ? await start(app, change, kind, work) : null;
    if (work.length > 0) tx.onCommit(app.onEvents);
    return { count: work.length, sending: started, base: { merchantId, occurredAt: now, cause } };
  });
  if (sending) await finishSending(app, base, sending);
  return count;
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
