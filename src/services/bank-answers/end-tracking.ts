import { type DueWork, deleteDueWork } from '../../store/due-work.ts';
import type { BankMessage } from '../../store/transactions/bank-messages.ts';
import { findReferencesOf } from '../../store/transactions/submissions.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { receiveBankAnswers } from './receive-bank-answers.ts';

const NO_FUNDS = '02';

/**
 * The days of tracking are over and the bank has said nothing: no funds. It goes through the inbox as an answer of that
 * instant, so that what the bank says later, of before, still counts.
 */
export async function endTracking(context: WriteContext, work: readonly DueWork[]): Promise<void> {
  const ids = work.map(({ subjectId }) => subjectId);
  const references = await findReferencesOf(context.tx, context.merchantId, ids, ['IN_TRACKING']);
  const messages = references.map(
    (reference): BankMessage => ({
      messageId: `${reference}-tracking-ended`,
      reference,
      event: 'TRACKING_ENDED',
      code: NO_FUNDS,
      occurredAt: context.occurredAt,
    }),
  );
  await receiveBankAnswers(context, messages);
  await deleteDueWork(context.tx, context.merchantId, 'END_TRACKING', ids);
}
