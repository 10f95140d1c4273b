import { findMandateRequests } from '../../store/mandates/mandate-requests.ts';
import {
  type BankMessage,
  insertBankMessages,
  quarantineBankMessages,
  releaseBankMessages,
} from '../../store/transactions/bank-messages.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { applyMandateAnswers } from './apply-mandate-answers.ts';
import { applyTransactionAnswers } from './apply-transaction-answers.ts';

/** Message ids of answers that were not received before, and of those that were quarantined. */
export interface Received {
  readonly fresh: ReadonlySet<string>;
  readonly quarantined: ReadonlySet<string>;
}

/**
 * Receives bank answers in the transaction of `context`. Answers may be repeated, late, out of order or contradictory: a known
 * message id is ignored, and an answer that no transition allows is quarantined and changes no status.
 */
export async function receiveBankAnswers(context: WriteContext, messages: readonly BankMessage[]): Promise<Received> {
  const { tx, merchantId } = context;
  const freshIds = await insertBankMessages(tx, merchantId, messages);
  const distinct = new Map(messages.map((message) => [message.messageId, message]));
  const fresh = [...distinct.values()].filter(({ messageId }) => freshIds.has(messageId));
  const requests = await findMandateRequests(
    tx,
    merchantId,
    fresh.map(({ reference }) => reference),
  );
  const [ofMandates, others] = [
    fresh.filter(({ reference }) => requests.has(reference)),
    fresh.filter(({ reference }) => !requests.has(reference)),
  ];
  // Lock order: mandates, then payments, then transactions.
  const mandates = await applyMandateAnswers(context, requests, ofMandates);
  const transactions = await applyTransactionAnswers(context, others);
  const impossible = [...mandates.impossible, ...transactions.impossible];
  const added = impossible.filter(({ isNew }) => isNew);
  quarantineBankMessages(tx, merchantId, impossible);
  releaseBankMessages(tx, merchantId, [...mandates.possible, ...transactions.possible]);
  return { fresh: freshIds, quarantined: new Set(added.map(({ messageId }) => messageId)) };
}
