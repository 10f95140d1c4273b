import { queryable } from '../../store/connection/database.ts';
import { withMerchant } from '../../store/connection/merchant-transaction.ts';
import { deleteDueWork, leaseDueWork } from '../../store/due-work/due-work.ts';
import type { DueWork } from '../../store/due-work/kinds.ts';
import type { BankMessage } from '../../store/transactions/bank-messages.ts';
import { findReferencesOf } from '../../store/transactions/submissions.ts';
import type { WriteContext } from '../../store/write-context.ts';
import type { App } from '../app.ts';
import { type BankCall, LEASE_MS } from '../collections/bank-call.ts';
import { receiveBankAnswers } from './receive-bank-answers.ts';

/**
 * Due job: handles transactions whose answer deadline has passed. The bank is asked by reference outside the
 * transaction. Transactions that it still holds are left unchanged; the others get NO_ANSWER through the inbox, so that
 * later answers of the bank still take precedence.
 */
export async function awaitAnswers(app: App, context: WriteContext, work: readonly DueWork[]): Promise<BankCall> {
  const { tx, ...base } = context;
  const { merchantId, occurredAt } = base;
  const ids = work.map(({ subjectId }) => subjectId);
  const references = await findReferencesOf(tx, merchantId, ids, ['SENT_TO_BANK', 'ACCEPTED_BY_BANK']);
  await leaseDueWork(tx, merchantId, 'AWAIT_ANSWER', ids, LEASE_MS);
  return {
    async finish() {
      const held = references.length > 0 ? await app.bank.findHeld(merchantId, references) : new Set<string>();
      const silent = references.filter((reference) => !held.has(reference));
      const messages = silent.map((reference): BankMessage => {
        return { messageId: `${reference}-no-answer`, reference, event: 'NO_ANSWER', code: null, occurredAt };
      });
      await withMerchant(app.database, merchantId, async (after) => {
        await receiveBankAnswers({ ...base, tx: after }, messages);
        deleteDueWork(after, merchantId, 'AWAIT_ANSWER', ids);
        after.onCommit(app.onEvents);
      });
    },
    release: (afterMs) => leaseDueWork(queryable(app.database), merchantId, 'AWAIT_ANSWER', ids, afterMs),
  };
}
