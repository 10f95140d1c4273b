import { reasonAgainstRetry, retryOf } from '../../domain/payment/retry.ts';
import { sendAtOf } from '../../domain/schedule.ts';
import { transitionTransaction } from '../../domain/transaction.ts';
import { deleteDueWork, putDueWork } from '../../store/due-work/due-work.ts';
import type { DueWork } from '../../store/due-work/kinds.ts';
import { findSettingsAndHolidays } from '../../store/merchants/settings.ts';
import type { KnownPayment } from '../../store/payments/known.ts';
import { type KnownTransaction, lockPendingTransactions, type NewTransaction } from '../../store/transactions/known.ts';
import { findSubmitted } from '../../store/transactions/submissions.ts';
import { insertTransactions, moveTransactions } from '../../store/transactions/write.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { enforceLimits } from './enforce-limits.ts';
import { endOf, ruleOf } from './plan-collections.ts';
import type { SettledTransaction } from './settled-transaction.ts';

/** A retry of a failed debit and the last instant at which it can be sent. */
export interface Retry {
  readonly payment: KnownPayment;
  readonly failed: KnownTransaction;
  readonly actionDate: string;
  readonly submitBy: Date;
}

/**
 * Retries failed debits of RUNNING payments by the retry policy of the merchant. Returns the retries refused by a
 * limit.
 */
export async function retryUnpaidDebits(
  context: WriteContext,
  payments: ReadonlyMap<string, KnownPayment>,
  settled: readonly SettledTransaction[],
): Promise<SettledTransaction[]> {
  const failed = settled.flatMap(({ transaction, status, code }) => {
    const payment = payments.get(transaction.paymentId);
    const result = { ...transaction, status, unpaidCode: code };
    return payment?.status === 'RUNNING' && reasonAgainstRetry(result, payment.methodType) === null
      ? [{ payment, failed: result }]
      : [];
  });
  if (failed.length === 0) return [];
  const { settings, holidays } = await findSettingsAndHolidays(context.tx, context.merchantId);
  const { retryPolicy } = settings;
  if (!retryPolicy) return [];
  const retries = failed.flatMap(({ payment, failed: result }): Retry[] => {
    const again = retryOf(retryPolicy, result, ruleOf(payment), context.occurredAt, holidays);
    const end = endOf(payment);
    return again && (end === null || again.actionDate <= end) ? [{ payment, failed: result, ...again }] : [];
  });
  return createRetries(context, retries);
}

/** Creates the transactions of retries and plans their sending. Returns those refused by a limit. */
export async function createRetries(context: WriteContext, retries: readonly Retry[]): Promise<SettledTransaction[]> {
  const made = await insertTransactions(
    context,
    retries.map(({ failed, actionDate }) => attemptAfter(failed, actionDate)),
  );
  const payments = new Map(retries.map(({ payment }) => [payment.id, payment]));
  const { admitted, refused } = await enforceLimits(context, made, payments);
  const byDebit = new Map(retries.map((retry) => [debitOf(retry.failed), retry]));
  const work = admitted.flatMap((transaction): DueWork[] => {
    const retry = byDebit.get(debitOf(transaction));
    if (!retry) return [];
    const dueAt = sendAtOf(ruleOf(retry.payment).lead, retry.submitBy);
    return [{ kind: 'SEND_TRANSACTION', subjectId: transaction.id, dueAt, details: {} }];
  });
  putDueWork(context, work);
  return refused.map((item) => ({ ...item, wasPaid: false, isNew: true }));
}

function attemptAfter(failed: KnownTransaction, actionDate: string): NewTransaction {
  const { id: _id, status: _status, version: _version, unpaidCode: _code, ...debit } = failed;
  return { ...debit, attempt: failed.attempt + 1, actionDate };
}

/** Returns a key that all attempts at a debit share. */
function debitOf({ paymentId, kind, nominalDate }: KnownTransaction): string {
  return [paymentId, kind, nominalDate].join(' ');
}

/** Cancels unsent retries of debits that were paid after all. */
export async function withdrawRetries(context: WriteContext, paid: readonly KnownTransaction[]): Promise<void> {
  if (paid.length === 0) return;
  const { tx, merchantId, occurredAt } = context;
  const pending = await lockPendingTransactions(
    tx,
    merchantId,
    paid.map(({ paymentId }) => paymentId),
  );
  const attempts = new Map(paid.map((transaction) => [debitOf(transaction), transaction.attempt]));
  const later = pending.filter(
    (transaction) => transaction.attempt > (attempts.get(debitOf(transaction)) ?? Number.POSITIVE_INFINITY),
  );
  const submitted = await findSubmitted(
    tx,
    merchantId,
    later.map(({ id }) => id),
  );
  const moves = later.flatMap((transaction) => {
    const to = submitted.has(transaction.id) ? null : transitionTransaction(transaction.status, 'CANCEL');
    const reason = 'An earlier attempt was paid.';
    return to ? [{ transaction, to, reasonCode: null, reason, chargedAt: null, occurredAt }] : [];
  });
  moveTransactions(context, moves);
  deleteDueWork(
    tx,
    merchantId,
    'SEND_TRANSACTION',
    moves.map(({ transaction }) => transaction.id),
  );
}
