import type { Instruction } from '../../bank/bank.ts';
import { lookUp, present } from '../../domain/invariants.ts';
import { transitionTransaction } from '../../domain/transaction.ts';
import { findAccountsForBank } from '../../store/bank-accounts/bank-account-context.ts';
import { findCardTokensOf } from '../../store/cards.ts';
import { queryable } from '../../store/connection/database.ts';
import { withMerchant } from '../../store/connection/merchant-transaction.ts';
import { deleteDueWork, leaseDueWork, putDueWork } from '../../store/due-work/due-work.ts';
import type { DueWork } from '../../store/due-work/kinds.ts';
import { findHolidays } from '../../store/merchants/settings.ts';
import { findTrackingDays, type KnownTransaction, lockTransactions } from '../../store/transactions/known.ts';
import {
  acknowledgeSubmissions,
  deleteSubmissions,
  findUnacknowledged,
  insertSubmissions,
} from '../../store/transactions/submissions.ts';
import { moveTransactions } from '../../store/transactions/write.ts';
import type { WriteContext } from '../../store/write-context.ts';
import type { App } from '../app.ts';
import { answerDeadline } from '../collections/answer-deadline.ts';
import { type BankCall, LEASE_MS } from '../collections/bank-call.ts';
import { rescheduleLateTransactions } from '../collections/reschedule-late-transactions.ts';

/** Transactions that are being sent, with the references under which they go to the bank. */
interface Sending {
  readonly references: ReadonlyMap<string, string>;
  /** References recorded by an earlier attempt that did not finish; the bank may have received them. */
  readonly doubtful: readonly string[];
  readonly transactions: readonly KnownTransaction[];
}

/**
 * Due job: sends transactions to the bank. The submissions are recorded in the transaction of the step; `finish` sends
 * them outside any transaction and records them as sent in another.
 */
export async function sendTransactions(app: App, context: WriteContext, work: readonly DueWork[]): Promise<BankCall> {
  const { tx: _tx, ...base } = context;
  const sending = await prepareSending(context, work);
  return {
    finish: () => finishSending(app, base, sending),
    release: (afterMs) => releaseSending(app, context.merchantId, sending, afterMs),
  };
}

/** Records the submissions before they are sent, so that a crash cannot cause a duplicate debit. */
async function prepareSending(context: WriteContext, work: readonly DueWork[]): Promise<Sending> {
  const { tx, merchantId, occurredAt } = context;
  const subjectIds = work.map((item) => item.subjectId);
  const found = await lockTransactions(tx, merchantId, subjectIds);
  const pending = found.filter((item) => transitionTransaction(item.status, 'SENT') !== null);
  const recorded = await findUnacknowledged(
    tx,
    merchantId,
    pending.map(({ id }) => id),
  );
  // A recorded submission may be at the bank already, so the bank is asked about it even if it is now late.
  const fresh = pending.filter(({ id }) => !recorded.has(id));
  const kept = await rescheduleLateTransactions(context, fresh);
  const transactions = pending.filter(({ id }) => recorded.has(id) || kept.has(id));
  const sendable = new Set(transactions.map((item) => item.id));
  const settled = new Set(pending.map((item) => item.id));
  const over = subjectIds.filter((id) => !settled.has(id));
  if (over.length > 0) deleteDueWork(tx, merchantId, 'SEND_TRANSACTION', over);
  const references = new Map(transactions.map((item) => [item.id, recorded.get(item.id) ?? tx.ids.newReference()]));
  const submissions = transactions.map(({ id }) => ({
    reference: present(references.get(id), 'the reference of a submission'),
    transactionId: id,
    attempt: 1,
    submittedAt: occurredAt,
  }));
  insertSubmissions(tx, merchantId, submissions);
  await leaseDueWork(tx, merchantId, 'SEND_TRANSACTION', [...sendable], LEASE_MS);
  return { references, doubtful: [...recorded.values()], transactions };
}

/** Sends what the bank has not received, outside any transaction, then records all of it as sent in one transaction. */
async function finishSending(app: App, base: Omit<WriteContext, 'tx'>, sending: Sending): Promise<void> {
  const { merchantId, occurredAt } = base;
  const { references, doubtful, transactions } = sending;
  if (transactions.length === 0) return;
  const received = doubtful.length > 0 ? await app.bank.findReceived(merchantId, doubtful) : new Set<string>();
  const instructions = await instructionsFor(app, merchantId, sending);
  const unsent = instructions.filter(({ reference }) => !received.has(reference));
  const left = unsent.length > 0 ? await app.bank.submit(merchantId, unsent, occurredAt) : new Set<string>();
  const holidays = await findHolidays(queryable(app.database), merchantId);
  await withMerchant(app.database, merchantId, async (tx) => {
    const ids = transactions.map((item) => item.id);
    const current = await lockTransactions(tx, merchantId, ids);
    const sent = current.filter(({ id }) => !left.has(present(references.get(id), 'the reference of a submission')));
    const moves = sent.flatMap((transaction) => {
      const to = transitionTransaction(transaction.status, 'SENT');
      return to ? [{ transaction, to, reasonCode: null, reason: null, chargedAt: null, occurredAt }] : [];
    });
    moveTransactions({ ...base, tx }, moves);
    const taken = [...references.values()].filter((reference) => !left.has(reference));
    acknowledgeSubmissions(tx, merchantId, taken, occurredAt);
    deleteSubmissions(tx, merchantId, [...left]);
    deleteDueWork(tx, merchantId, 'SEND_TRANSACTION', ids);
    putDueWork(
      { ...base, tx },
      sent.map((item) => answerDeadline(item, holidays)),
    );
    tx.onCommit(app.onEvents);
  });
}

/**
 * Sets the lease after a failure to `afterMs`. The next attempt first asks the bank which references it has received.
 */
async function releaseSending(app: App, merchantId: string, sending: Sending, afterMs: number): Promise<void> {
  const ids = sending.transactions.map(({ id }) => id);
  await leaseDueWork(queryable(app.database), merchantId, 'SEND_TRANSACTION', ids, afterMs);
}

async function instructionsFor(app: App, merchantId: string, sending: Sending): Promise<Instruction[]> {
  const database = queryable(app.database);
  const { transactions, references } = sending;
  const accountIds = transactions.flatMap(({ bankAccountId }) => bankAccountId ?? []);
  const accounts = await findAccountsForBank(database, app.secrets, merchantId, accountIds);
  const tracking = await findTrackingDays(
    database,
    merchantId,
    transactions.map(({ id }) => id),
  );
  const charged = transactions.filter(({ bankAccountId }) => bankAccountId === null).map(({ paymentId }) => paymentId);
  const tokens = await findCardTokensOf(database, merchantId, charged);
  return transactions.map(({ id, paymentId, amountCents, actionDate, attempt, bankAccountId }) => {
    const cardToken = tokens.get(paymentId);
    const source = lookUp(accounts, bankAccountId) ?? (cardToken === undefined ? null : { cardToken });
    const reference = references.get(id);
    if (!source || !reference) throw new Error(`transaction ${id} has neither bank account nor card to debit`);
    const trackingDays = tracking.get(id) ?? null;
    return { reference, amountCents, actionDate, attempt, trackingDays, source };
  });
}
