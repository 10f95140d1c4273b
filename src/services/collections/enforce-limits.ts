import { declineOf } from '../../domain/card.ts';
import { civilDateOf } from '../../domain/dates.ts';
import { lookUp } from '../../domain/invariants.ts';
import { type KnownMethod, monthKey } from '../../domain/submit/submit-context.ts';
import { type TransactionStatus, transitionTransaction } from '../../domain/transaction.ts';
import { meaningOf } from '../../domain/unpaid-codes.ts';
import { findCards } from '../../store/cards.ts';
import { findMethods } from '../../store/merchants/payment-methods.ts';
import type { KnownPayment } from '../../store/payments/known.ts';
import type { KnownTransaction } from '../../store/transactions/known.ts';
import { findCollectedByMonth, lockLimits } from '../../store/transactions/limits.ts';
import { moveTransactions, type TransactionMove } from '../../store/transactions/write.ts';
import type { WriteContext } from '../../store/write-context.ts';

/** A transaction that is refused before it is sent, with its status and code. */
export interface Refused {
  readonly transaction: KnownTransaction;
  readonly status: TransactionStatus;
  readonly code: string;
}

/**
 * Refuses new transactions that exceed a limit of their payment method, whose method is disabled or whose card cannot
 * be charged (DOMAIN §0.1.10, §3.8). Within a monthly limit earlier transactions of the list take precedence. Returns
 * the admitted and the refused transactions, in input order.
 */
export async function enforceLimits(
  context: WriteContext,
  transactions: readonly KnownTransaction[],
  payments: ReadonlyMap<string, KnownPayment>,
): Promise<{ admitted: readonly KnownTransaction[]; refused: readonly Refused[] }> {
  const { tx, merchantId, occurredAt: now } = context;
  if (transactions.length === 0) return { admitted: [], refused: [] };
  const methods = await findMethods(
    tx,
    merchantId,
    transactions.map(({ paymentMethodId }) => paymentMethodId),
  );
  const today = civilDateOf(now);
  const cardIds = transactions.flatMap(({ paymentId }) => payments.get(paymentId)?.cardId ?? []);
  const cards = await findCards(tx, merchantId, cardIds);
  const spent = await findSpent(context, [...methods.values()], transactions);
  const refused = transactions.flatMap((transaction): Refused[] => {
    const {
      isEnabled = true,
      itemLimitCents = null,
      monthlyLimitCents = null,
    } = methods.get(transaction.paymentMethodId) ?? {};
    const card = lookUp(cards, payments.get(transaction.paymentId)?.cardId);
    const key = monthKey(transaction.paymentMethodId, transaction.actionDate);
    const month = (spent.get(key) ?? 0) + transaction.amountCents;
    const isOver =
      transaction.amountCents > (itemLimitCents ?? transaction.amountCents) || month > (monthlyLimitCents ?? month);
    const decline = card ? declineOf(card, today, now) : null;
    const code = decline ?? (isEnabled ? (isOver ? 'LIMIT_EXCEEDED' : null) : 'METHOD_DISABLED');
    if (code === null) spent.set(key, month);
    const status = code === null ? null : transitionTransaction(transaction.status, decline ? 'DECLINED' : 'REFUSE');
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
  moveTransactions(context, moves);
  const out = new Set(refused.map(({ transaction }) => transaction.id));
  return { admitted: transactions.filter(({ id }) => !out.has(id)), refused };
}

/**
 * Returns what methods with a monthly limit collect per month without these transactions, in cents by `monthKey`. Holds
 * the limit locks until the database transaction ends, so that concurrent calls cannot use the same headroom.
 */
async function findSpent(
  { tx, merchantId, occurredAt }: WriteContext,
  methods: readonly KnownMethod[],
  transactions: readonly KnownTransaction[],
): Promise<Map<string, number>> {
  const limited = methods.filter(({ monthlyLimitCents }) => monthlyLimitCents !== null);
  lockLimits(
    tx,
    merchantId,
    limited.map(({ id }) => id),
  );
  const spent = new Map(await findCollectedByMonth(tx, merchantId, limited, civilDateOf(occurredAt)));
  for (const { paymentMethodId, actionDate, amountCents } of transactions) {
    const key = monthKey(paymentMethodId, actionDate);
    const all = spent.get(key);
    if (all !== undefined) spent.set(key, all - amountCents);
  }
  return spent;
}
