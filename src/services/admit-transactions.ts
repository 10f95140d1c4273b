import { declineOf } from '../domain/card.ts';
import { civilDateOf } from '../domain/dates.ts';
import { monthKey } from '../domain/submit/known.ts';
import { type TransactionEvent, type TransactionStatus, transitionTransaction } from '../domain/transaction.ts';
import { meaningOf } from '../domain/unpaid-codes.ts';
import { findCards } from '../store/cards.ts';
import type { Change } from '../store/change.ts';
import { findCollectedByMonth } from '../store/limits.ts';
import { findMethods } from '../store/payment-methods.ts';
import type { KnownPayment } from '../store/payments.ts';
import { type KnownTransaction, moveTransactions, type TransactionMove } from '../store/transactions.ts';

/** A transaction that is not sent, and what it came to instead. */
export interface Refused {
  readonly transaction: KnownTransaction;
  readonly status: TransactionStatus;
  readonly code: string;
}

/**
 * Judges transactions that were just made: what the method's limits, or a card that cannot be charged, do not allow is refused
 * (DOMAIN §0.1.10, §3.8). Within a month it is the first that are collected. The others, and those refused.
 */
export async function admitTransactions(
  change: Change,
  transactions: readonly KnownTransaction[],
  payments: ReadonlyMap<string, KnownPayment>,
): Promise<{ admitted: readonly KnownTransaction[]; refused: readonly Refused[] }> {
  const { tx, merchantId, occurredAt: now } = change;
  if (transactions.length === 0) return { admitted: [], refused: [] };
  const methods = await findMethods(
    tx,
    merchantId,
    transactions.map(({ paymentMethodId }) => paymentMethodId),
  );
  const limited = [...methods.values()].filter(({ monthlyLimitCents }) => monthlyLimitCents !== null);
  const today = civilDateOf(now);
  const spent = new Map(await findCollectedByMonth(tx, merchantId, limited, today));
  const cardIds = transactions.flatMap(({ paymentId }) => payments.get(paymentId)?.cardId ?? []);
  const cards = await findCards(tx, merchantId, cardIds);
  // They are all counted already: those refused are taken off, the last first.
  const judged = [...transactions].reverse().map((transaction) => {
    const method = methods.get(transaction.paymentMethodId);
    const card = cards.get(payments.get(transaction.paymentId)?.cardId ?? '');
    const key = monthKey(transaction.paymentMethodId, transaction.actionDate);
    const { itemLimitCents = null, monthlyLimitCents = null, isEnabled = true } = method ?? {};
    const month = spent.get(key) ?? 0;
    const isOver =
      (itemLimitCents !== null && transaction.amountCents > itemLimitCents) ||
      (monthlyLimitCents !== null && month > monthlyLimitCents);
    const code = isEnabled ? (isOver ? 'LIMIT_EXCEEDED' : card && declineOf(card, today, now)) : 'METHOD_DISABLED';
    if (code) spent.set(key, month - transaction.amountCents);
    return { transaction, code: code ?? null };
  });
  const refused = judged.reverse().flatMap(({ transaction, code }): Refused[] => {
    const event: TransactionEvent = code?.startsWith('CARD') ? 'DECLINED' : 'REFUSE';
    const status = code === null ? null : transitionTransaction(transaction.status, event);
    return code !== null && status ? [{ transaction, status, code }] : [];
  });
  const moves = refused.map(
    ({ transaction, status, code }): TransactionMove => ({
      transaction,
      to: status,
      reasonCode: code,
      reason: meaningOf(code),
      chargedAt: null,
      occurredAt: now,
    }),
  );
  await moveTransactions(change, moves);
  const out = new Set(refused.map(({ transaction }) => transaction.id));
  return { admitted: transactions.filter(({ id }) => !out.has(id)), refused };
}
