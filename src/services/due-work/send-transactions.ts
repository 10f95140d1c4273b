import type { Instruction } from '../../bank/bank.ts';
import { groupBy } from '../../domain/group-by.ts';
import { present } from '../../domain/invariants.ts';
import { transitionTransaction } from '../../domain/transaction.ts';
import { queryable } from '../../store/connection/database.ts';
import { withMerchant } from '../../store/connection/merchant-transaction.ts';
import { findConnectorsOfMethods } from '../../store/connectors/connectors.ts';
import { deleteDueWork, leaseDueWork, putDueWork } from '../../store/due-work/due-work.ts';
import type { DueWork } from '../../store/due-work/kinds.ts';
import { findHolidays } from '../../store/merchants/settings.ts';
import { lockPayments } from '../../store/payments/known.ts';
import { findDebitsForBank } from '../../store/transactions/debits-for-bank.ts';
import { type KnownTransaction, lockTransactions } from '../../store/transactions/known.ts';
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

/** A transaction that is being sent. */
interface Sent {
  readonly transaction: KnownTransaction;
  readonly reference: string;
  readonly connectorId: string;
  /** Whether an earlier attempt recorded it and did not finish; the bank may have received it. */
  readonly isDoubtful: boolean;
}

/**
 * Due job: sends transactions to their banks. The submissions are recorded in the transaction of the step; the calls send them
 * outside any transaction, one call for each connector, and record them as sent in another.
 */
export async function sendTransactions(app: App, context: WriteContext, work: readonly DueWork[]): Promise<BankCall[]> {
  const { tx: _tx, ...base } = context;
  const prepared = await prepareSending(context, work);
  return [...groupBy(prepared, ({ connectorId }) => connectorId)].map(([connectorId, sending]) => ({
    finish: () => finishSending(app, base, connectorId, sending),
    release: (afterMs) => {
      const ids = sending.map(({ transaction }) => transaction.id);
      return leaseDueWork(queryable(app.database), context.merchantId, 'SEND_TRANSACTION', ids, afterMs);
    },
  }));
}

/** Records the submissions before they are sent, so that a crash cannot cause a duplicate debit. */
async function prepareSending(context: WriteContext, work: readonly DueWork[]): Promise<Sent[]> {
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
  const settled = new Set(pending.map((item) => item.id));
  const over = subjectIds.filter((id) => !settled.has(id));
  if (over.length > 0) deleteDueWork(tx, merchantId, 'SEND_TRANSACTION', over);
  const methodIds = fresh.map(({ paymentMethodId }) => paymentMethodId);
  const connectors = await findConnectorsOfMethods(tx, merchantId, methodIds);
  const sending = pending.flatMap((transaction): Sent[] => {
    const known = recorded.get(transaction.id);
    if (known) return [{ transaction, ...known, isDoubtful: true }];
    if (!kept.has(transaction.id)) return [];
    const connectorId = present(connectors.get(transaction.paymentMethodId), 'the connector of a payment method');
    return [{ transaction, reference: tx.ids.newReference(), connectorId, isDoubtful: false }];
  });
  insertSubmissions(
    tx,
    merchantId,
    sending.map(({ transaction, reference, connectorId }) => {
      return { reference, transactionId: transaction.id, attempt: 1, connectorId, submittedAt: occurredAt };
    }),
  );
  const ids = sending.map(({ transaction }) => transaction.id);
  await leaseDueWork(tx, merchantId, 'SEND_TRANSACTION', ids, LEASE_MS);
  return sending;
}

/** Sends what the bank has not received, outside any transaction, then records all of it as sent in one transaction. */
async function finishSending(
  app: App,
  base: Omit<WriteContext, 'tx'>,
  connectorId: string,
  sending: readonly Sent[],
): Promise<void> {
  const { merchantId, occurredAt } = base;
  const bank = await app.banks.of(connectorId);
  const doubtful = sending.filter(({ isDoubtful }) => isDoubtful).map(({ reference }) => reference);
  const received = doubtful.length > 0 ? await bank.findReceived(merchantId, doubtful) : new Set<string>();
  const late = await rescheduleUnsent(
    app,
    base,
    sending.filter(({ isDoubtful, reference }) => isDoubtful && !received.has(reference)),
  );
  const arriving = sending.filter(({ transaction }) => !late.has(transaction.id));
  const unsent = arriving.filter(({ reference }) => !received.has(reference));
  const instructions = await instructionsFor(app, merchantId, unsent);
  const left = instructions.length > 0 ? await bank.submit(merchantId, instructions, occurredAt) : new Set<string>();
  const references = new Map(arriving.map(({ transaction, reference }) => [transaction.id, reference]));
  const holidays = await findHolidays(queryable(app.database), merchantId);
  await withMerchant(app.database, merchantId, async (tx) => {
    const ids = [...references.keys()];
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
 * Decides anew on transactions of an earlier attempt that the bank has not received: those that missed their cut-off meanwhile are
 * rescheduled, and their submissions are forgotten. Returns the ids of these.
 */
async function rescheduleUnsent(
  app: App,
  base: Omit<WriteContext, 'tx'>,
  unsent: readonly Sent[],
): Promise<ReadonlySet<string>> {
  if (unsent.length === 0) return new Set();
  const { merchantId } = base;
  return withMerchant(app.database, merchantId, async (tx) => {
    await lockPayments(
      tx,
      merchantId,
      unsent.map(({ transaction }) => transaction.paymentId),
    );
    const ids = unsent.map(({ transaction }) => transaction.id);
    const pending = (await lockTransactions(tx, merchantId, ids)).filter(({ status }) => status === 'PENDING');
    const kept = await rescheduleLateTransactions({ ...base, tx }, pending);
    const late = pending.filter(({ id }) => !kept.has(id)).map(({ id }) => id);
    const references = unsent.filter(({ transaction }) => late.includes(transaction.id));
    deleteSubmissions(
      tx,
      merchantId,
      references.map(({ reference }) => reference),
    );
    tx.onCommit(app.onEvents);
    return new Set(late);
  });
}

async function instructionsFor(app: App, merchantId: string, sending: readonly Sent[]): Promise<Instruction[]> {
  const ids = sending.map(({ transaction }) => transaction.id);
  const debits = await findDebitsForBank(queryable(app.database), app.secrets, merchantId, ids);
  return sending.map(({ transaction: { id }, reference }) => {
    const { source, ...debit } = present(debits.get(id), `transaction ${id}`);
    if (!source) throw new Error(`transaction ${id} has neither bank account nor card to debit`);
    return { reference, ...debit, source };
  });
}
