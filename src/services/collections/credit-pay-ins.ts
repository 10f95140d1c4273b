import { type DepositMatch, matchOf } from '../../domain/deposit.ts';
import { formatAmount } from '../../domain/money.ts';
import { transitionPayment } from '../../domain/payment/state-machine.ts';
import { transitionTransaction } from '../../domain/transaction.ts';
import { deleteDueWork } from '../../store/due-work/due-work.ts';
import { type KnownPayment, lockPayments } from '../../store/payments/known.ts';
import { movePayments, noteDeposits } from '../../store/payments/write.ts';
import { findLastTransactions } from '../../store/transactions/collected.ts';
import { lockTransactions } from '../../store/transactions/known.ts';
import { countSubmissions, insertSubmissions } from '../../store/transactions/submissions.ts';
import { moveTransactions } from '../../store/transactions/write.ts';
import type { WriteContext } from '../../store/write-context.ts';

/** A deposit that belongs to a pay-in, which is locked by the caller. */
export interface Credit {
  readonly depositId: string;
  readonly amountCents: number;
  readonly payment: KnownPayment;
  readonly match: DepositMatch;
  /** What the pay-in has received with this deposit, in cents. */
  readonly totalCents: number;
}

/** Returns what deposits credit to their pay-ins, those of one pay-in one after the other; `received` has what came before, in cents. */
export function creditsOf(
  deposits: ReadonlyArray<Pick<Credit, 'depositId' | 'amountCents' | 'payment'>>,
  received: ReadonlyMap<string, number>,
): Credit[] {
  const totals = new Map(received);
  return deposits.map((deposit) => {
    const { amountCents, status, id } = deposit.payment;
    const receivedCents = totals.get(id) ?? 0;
    const isOpen = transitionPayment(status, 'COLLECTED') !== null && receivedCents < amountCents;
    const match = matchOf({ amountCents, receivedCents, isOpen }, deposit.amountCents);
    const totalCents = receivedCents + deposit.amountCents;
    totals.set(id, totalCents);
    return { ...deposit, match, totalCents };
  });
}

/**
 * Records deposits as submissions of the transactions of their pay-ins (DOMAIN §0.1.4), with an event per pay-in, and completes the
 * pay-ins that are covered. The deposits of one pay-in are given in order.
 */
export async function creditPayIns(context: WriteContext, credits: readonly Credit[]): Promise<void> {
  const last = new Map(credits.map((credit) => [credit.payment.id, credit]));
  await recordSubmissions(context, credits, [...last.keys()]);
  noteDeposits(
    context,
    [...last.values()].map(({ payment, totalCents, match }) => ({
      payment,
      reason: `${formatAmount(totalCents)} of ${formatAmount(payment.amountCents)} received (${match}).`,
    })),
  );
  const covered = [...last.values()].filter(
    ({ payment, totalCents }) =>
      transitionPayment(payment.status, 'COLLECTED') !== null && totalCents >= payment.amountCents,
  );
  if (covered.length > 0)
    await complete(
      context,
      covered.map(({ payment }) => payment.id),
    );
}

async function recordSubmissions(
  { tx, merchantId, occurredAt }: WriteContext,
  credits: readonly Credit[],
  paymentIds: readonly string[],
): Promise<void> {
  const transactions = await findLastTransactions(tx, merchantId, paymentIds);
  const ids = [...transactions.values()].map(({ id }) => id);
  const attempts = new Map(await countSubmissions(tx, merchantId, ids));
  const rows = credits.map(({ depositId, amountCents, payment }) => {
    const transaction = transactions.get(payment.id);
    if (!transaction) throw new Error(`pay-in ${payment.id} has no transaction`);
    const attempt = (attempts.get(transaction.id) ?? 0) + 1;
    attempts.set(transaction.id, attempt);
    const at = { submittedAt: occurredAt, acknowledgedAt: occurredAt };
    return { reference: depositId, transactionId: transaction.id, attempt, connectorId: null, amountCents, ...at };
  });
  insertSubmissions(tx, merchantId, rows);
}

async function complete(context: WriteContext, paymentIds: readonly string[]): Promise<void> {
  const { tx, merchantId, occurredAt } = context;
  const last = await findLastTransactions(tx, merchantId, paymentIds);
  const transactions = await lockTransactions(
    tx,
    merchantId,
    [...last.values()].map(({ id }) => id),
  );
  const moves = transactions.flatMap((transaction) => {
    const to = transitionTransaction(transaction.status, 'COVERED');
    return to ? [{ transaction, to, reasonCode: null, reason: null, chargedAt: occurredAt, occurredAt }] : [];
  });
  moveTransactions(context, moves);
  // Read again: their versions have changed.
  const payments = await lockPayments(tx, merchantId, paymentIds);
  movePayments(
    context,
    [...payments.values()].flatMap((payment) => {
      const to = transitionPayment(payment.status, 'COLLECTED');
      return to ? [{ payment, to, failedReason: null }] : [];
    }),
  );
  deleteDueWork(tx, merchantId, 'EXPIRE_PAY_IN', paymentIds);
}
