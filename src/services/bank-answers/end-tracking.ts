import { deleteDueWork } from '../../store/due-work/due-work.ts';
import type { DueWork } from '../../store/due-work/kinds.ts';
import type { BankMessage } from '../../store/transactions/bank-messages.ts';
import { findLastSubmissions } from '../../store/transactions/submissions.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { receiveBankAnswers } from './receive-bank-answers.ts';

/** Return code for insufficient funds (DOMAIN §2.14). */
const NO_FUNDS = '02';

/**
 * Due job: returns debits as unpaid for lack of funds when their tracking period ended without an answer. The message
 * goes through the inbox, so that an answer of the bank with an earlier bank time still takes precedence.
 */
export async function endTracking(context: WriteContext, work: readonly DueWork[]): Promise<void> {
  const ids = work.map(({ subjectId }) => subjectId);
  const submissions = await findLastSubmissions(context.tx, context.merchantId, ids, ['IN_TRACKING']);
  const messages = submissions.map(
    ({ reference }): BankMessage => ({
      messageId: `${reference}-tracking-ended`,
      reference,
      event: 'TRACKING_ENDED',
      code: NO_FUNDS,
      occurredAt: context.occurredAt,
    }),
  );
  await receiveBankAnswers(context, messages);
  deleteDueWork(context.tx, context.merchantId, 'END_TRACKING', ids);
}
