import { addBusinessDays } from '../../domain/calendar.ts';
import { addDays, civilDateOf, instantAt } from '../../domain/dates.ts';
import { groupBy } from '../../domain/group-by.ts';
import { queryable } from '../../store/connection/database.ts';
import { withMerchant } from '../../store/connection/merchant-transaction.ts';
import { deleteDueWork, leaseDueWork, putDueWork } from '../../store/due-work/due-work.ts';
import type { DueWork } from '../../store/due-work/kinds.ts';
import { findHolidays } from '../../store/merchants/settings.ts';
import type { BankMessage } from '../../store/transactions/bank-messages.ts';
import { findLastSubmissions } from '../../store/transactions/submissions.ts';
import type { WriteContext } from '../../store/write-context.ts';
import type { App } from '../app.ts';
import { type BankCall, LEASE_MS } from '../collections/bank-call.ts';
import { receiveBankAnswers } from './receive-bank-answers.ts';

interface Awaited {
  readonly transactionId: string;
  readonly reference: string;
}

/**
 * Due job: handles transactions whose answer deadline has passed. Their banks are asked by reference outside the transaction, one
 * call for each connector. Transactions that a bank still holds are asked about again a business day later; the others get
 * NO_ANSWER through the inbox, so that later answers of the bank still take precedence.
 */
export async function awaitAnswers(app: App, context: WriteContext, work: readonly DueWork[]): Promise<BankCall[]> {
  const { tx, merchantId } = context;
  const ids = work.map(({ subjectId }) => subjectId);
  const open = await findLastSubmissions(tx, merchantId, ids, ['SENT_TO_BANK', 'ACCEPTED_BY_BANK']);
  const isOpen = new Set(open.map(({ transactionId }) => transactionId));
  const over = ids.filter((id) => !isOpen.has(id));
  if (over.length > 0) deleteDueWork(tx, merchantId, 'AWAIT_ANSWER', over);
  await leaseDueWork(tx, merchantId, 'AWAIT_ANSWER', [...isOpen], LEASE_MS);
  const { tx: _tx, ...base } = context;
  const asked = open.flatMap(({ connectorId, ...rest }) => (connectorId === null ? [] : [{ connectorId, ...rest }]));
  return [...groupBy(asked, ({ connectorId }) => connectorId)].map(([connectorId, awaited]) => ({
    finish: () => ask(app, base, connectorId, awaited),
    release: (afterMs) => {
      const leased = awaited.map(({ transactionId }) => transactionId);
      return leaseDueWork(queryable(app.database), merchantId, 'AWAIT_ANSWER', leased, afterMs);
    },
  }));
}

async function ask(
  app: App,
  base: Omit<WriteContext, 'tx'>,
  connectorId: string,
  awaited: readonly Awaited[],
): Promise<void> {
  const { merchantId, occurredAt } = base;
  const bank = await app.banks.of(connectorId);
  const held = await bank.findHeld(
    merchantId,
    awaited.map(({ reference }) => reference),
  );
  const silent = awaited.filter(({ reference }) => !held.has(reference));
  const messages = silent.map(({ reference }): BankMessage => {
    return { messageId: `${reference}-no-answer`, reference, event: 'NO_ANSWER', code: null, occurredAt };
  });
  const holidays = await findHolidays(queryable(app.database), merchantId);
  const dueAt = instantAt(addDays(addBusinessDays(civilDateOf(occurredAt), 1, holidays), 1));
  await withMerchant(app.database, merchantId, async (tx) => {
    await receiveBankAnswers({ ...base, tx }, messages);
    deleteDueWork(
      tx,
      merchantId,
      'AWAIT_ANSWER',
      awaited.map(({ transactionId }) => transactionId),
    );
    const again = awaited.filter(({ reference }) => held.has(reference));
    putDueWork(
      { ...base, tx },
      again.map(({ transactionId }): DueWork => {
        return { kind: 'AWAIT_ANSWER', subjectId: transactionId, dueAt, details: {} };
      }),
    );
    tx.onCommit(app.onEvents);
  });
}
