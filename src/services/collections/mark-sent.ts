import { lookUp } from '../../domain/invariants.ts';
import { transitionTransaction } from '../../domain/transaction.ts';
import { findConnectorsOfMethods } from '../../store/connectors/connectors.ts';
import { deleteDueWork, putDueWork } from '../../store/due-work/due-work.ts';
import { findHolidays } from '../../store/merchants/settings.ts';
import type { KnownTransaction } from '../../store/transactions/known.ts';
import { insertSubmissions } from '../../store/transactions/submissions.ts';
import { moveTransactions } from '../../store/transactions/write.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { answerDeadline } from './answer-deadline.ts';

/**
 * Records a locked transaction as sent without sending it, because the sandbox simulates its answers too. Returns its
 * id. Throws if the transaction cannot be sent in its status.
 */
export async function markSent(context: WriteContext, transaction: KnownTransaction): Promise<string> {
  const { tx, merchantId, occurredAt } = context;
  const to = transitionTransaction(transaction.status, 'SENT');
  if (!to) throw new Error(`transaction ${transaction.id} is ${transaction.status} and cannot be marked as sent`);
  const sent = { submittedAt: occurredAt, acknowledgedAt: occurredAt };
  const reference = tx.ids.newReference();
  const connectors = await findConnectorsOfMethods(tx, merchantId, [transaction.paymentMethodId]);
  const connectorId = lookUp(connectors, transaction.paymentMethodId) ?? null;
  insertSubmissions(tx, merchantId, [{ reference, transactionId: transaction.id, attempt: 1, connectorId, ...sent }]);
  moveTransactions(context, [{ transaction, to, reasonCode: null, reason: null, chargedAt: null, occurredAt }]);
  deleteDueWork(tx, merchantId, 'SEND_TRANSACTION', [transaction.id]);
  putDueWork(context, [answerDeadline(transaction, await findHolidays(tx, merchantId))]);
  return transaction.id;
}
