import { instantAt } from '../domain/dates.ts';
import { transitionPayment } from '../domain/payment.ts';
import { paymentEventOf, transitionTransaction } from '../domain/transaction.ts';
import { UNPAID_CODES } from '../domain/unpaid-codes.ts';
import { type BankMessage, insertBankMessages, quarantineBankMessages } from '../store/bank-messages.ts';
import type { Change } from '../store/change.ts';
import { findPaymentsForUpdate, type KnownPayment, movePayments } from '../store/payments.ts';
import {
  findPaymentIdsOfSubmissions,
  findTransactionsForUpdate,
  findUnfinishedPayments,
  type KnownTransaction,
  moveTransactions,
  type TransactionMove,
} from '../store/transactions.ts';

/**
 * Takes the bank's answers in, in the order given. They may come twice or contradict: a message that came before does
 * nothing, and one that no transition allows is quarantined and moves nothing. Returns how many were quarantined.
 */
export async function receiveBankAnswers(change: Change, messages: readonly BankMessage[]): Promise<number> {
  const { tx, merchantId } = change;
  const fresh = await insertBankMessages(tx, merchantId, messages);
  const submissions = await findPaymentIdsOfSubmissions(
    tx,
    merchantId,
    messages.map(({ reference }) => reference),
  );
  const paymentIds = [...new Set([...submissions.values()].map(({ paymentId }) => paymentId))];
  const payments = await findPaymentsForUpdate(tx, merchantId, paymentIds);
  const transactionIds = [...submissions.values()].map(({ transactionId }) => transactionId);
  const found = await findTransactionsForUpdate(tx, merchantId, transactionIds);
  const transactions = new Map(found.map((item) => [item.id, item]));

  const moves: TransactionMove[] = [];
  const quarantined: string[] = [];
  for (const message of messages.filter(({ messageId }) => fresh.has(messageId))) {
    const transaction = transactions.get(submissions.get(message.reference)?.transactionId ?? '');
    const move = transaction && moveBy(message, transaction);
    if (!move) {
      quarantined.push(message.messageId);
      continue;
    }
    moves.push(move);
    transactions.set(transaction.id, { ...transaction, status: move.to, version: transaction.version + 1 });
  }
  for (const round of rounds(moves)) await moveTransactions(change, round);
  await quarantineBankMessages(tx, merchantId, quarantined);
  await endPayments(change, payments, moves);
  return quarantined.length;
}

function moveBy(message: BankMessage, transaction: KnownTransaction): TransactionMove | null {
  const to = transitionTransaction(transaction.status, message.event);
  if (!to) return null;
  return {
    transaction,
    to,
    reasonCode: message.code,
    reason: message.code === null ? null : (UNPAID_CODES[message.code] ?? null),
    chargedAt: to === 'PAID' ? instantAt(transaction.actionDate) : null,
    occurredAt: message.occurredAt,
  };
}

/** Moves of one transaction go one after the other; those of different ones together. */
function rounds(moves: readonly TransactionMove[]): TransactionMove[][] {
  const seen = new Map<string, number>();
  const result: TransactionMove[][] = [];
  for (const move of moves) {
    const round = seen.get(move.transaction.id) ?? 0;
    seen.set(move.transaction.id, round + 1);
    const others = result[round];
    if (others) others.push(move);
    else result[round] = [move];
  }
  return result;
}

/** What the last move of each transaction does to its payment. */
async function endPayments(
  change: Change,
  payments: ReadonlyMap<string, KnownPayment>,
  moves: readonly TransactionMove[],
): Promise<void> {
  const last = new Map(moves.map((move) => [move.transaction.paymentId, move]));
  if (last.size === 0) return;
  const unfinished = await findUnfinishedPayments(change.tx, change.merchantId, [...last.keys()]);
  const paymentMoves = [...last].flatMap(([paymentId, move]) => {
    const payment = payments.get(paymentId);
    const event = payment && paymentEventOf(payment.kind, move.to, !unfinished.has(paymentId));
    const to = payment && event && transitionPayment(payment.status, event);
    if (!payment || !to) return [];
    return [{ payment, to, failedReason: to === 'STOPPED' ? (move.reason ?? move.to) : null }];
  });
  await movePayments(change, paymentMoves);
}
