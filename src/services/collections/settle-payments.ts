import { civilDateOf } from '../../domain/dates.ts';
import type { Withdrawal } from '../../domain/mandate/authority.ts';
import type { KnownMandate } from '../../domain/mandate/mandate.ts';
import { type PaymentEvent, type StopCause, transitionPayment } from '../../domain/payment/state-machine.ts';
import { stopReasonOf } from '../../domain/payment/stop.ts';
import { paymentEventOf, TAKEN_BACK_STATUSES } from '../../domain/transaction.ts';
import { DECEASED_CODE, meaningOf, unpaidCode } from '../../domain/unpaid-codes.ts';
import { type DueWork, putDueWork } from '../../store/due-work.ts';
import type { KnownPayment } from '../../store/payments/known.ts';
import { movePayments, type PaymentMove, setPaymentOutcomes } from '../../store/payments/write.ts';
import { findPaymentsPaid, findUnfinishedPayments } from '../../store/transactions/collected.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { hasEnded } from './end-payments.ts';
import { haltPayments } from './halt-payments.ts';
import { markAuthority } from './mark-authority.ts';
import { retryUnpaidDebits, withdrawRetries } from './retry-unpaid-debits.ts';
import type { SettledTransaction } from './settled-transaction.ts';

/** The causes of a stop after which the bank's late word that it was paid still completes a one-time payment. */
const BY_COLLECTION: ReadonlySet<StopCause | null> = new Set([
  'COLLECTION_FAILED',
  'ACCOUNT_DISABLED',
  'AUTHORITY_WITHDRAWN',
]);

/**
 * Does to payments, locked by this transaction, what the ends of their transactions bring about: a failed debit is tried again
 * where the merchant's policy says so, or stops the payment, or withdraws the authority of its mandate and stops all payments under it;
 * the last one ends it; what is taken back afterwards marks it. It is the same in whatever order the answers came. `mandates`, locked
 * too, are those whose authority the answers may touch, and `payments` has every payment under them that is not over.
 */
export async function settlePayments(
  context: WriteContext,
  payments: ReadonlyMap<string, KnownPayment>,
  settled: readonly SettledTransaction[],
  mandates: ReadonlyMap<string, KnownMandate> = new Map(),
): Promise<void> {
  if (settled.length === 0 && mandates.size === 0) return;
  const fresh = settled.filter(({ isNew }) => isNew);
  const withdrawn = await markAuthority(context, mandates);
  const stops = findStops(payments, fresh, withdrawn);
  await withdrawRetries(
    context,
    fresh.filter(({ status }) => status === 'PAID').map(({ transaction }) => transaction),
  );
  const going = fresh.filter(({ transaction }) => !stops.has(transaction.paymentId));
  const refused = await retryUnpaidDebits(context, payments, going);
  await stopPayments(context, payments, stops, fresh);
  await endPayments(context, payments, [...settled, ...refused], stops);
  await markTakenBack(context, payments, fresh);
  await disableAccounts(context, payments, fresh);
  await markDeceased(context, payments, fresh);
}

/** Why a payment is stopped. */
interface Stop {
  readonly cause: StopCause;
  readonly reason: string;
}

/** The payments that are stopped: by the code of a debit of their own, or because the authority of their mandate was withdrawn. */
function findStops(
  payments: ReadonlyMap<string, KnownPayment>,
  settled: readonly SettledTransaction[],
  withdrawn: ReadonlyMap<string, Withdrawal>,
): ReadonlyMap<string, Stop> {
  const stops = new Map<string, Stop>();
  for (const { transaction, status, code, wasPaid } of settled) {
    const payment = payments.get(transaction.paymentId);
    const isOver = payment?.kind !== 'RECURRING' && wasPaid;
    const reason = payment && !isOver ? stopReasonOf({ status, unpaidCode: code }, payment.methodType) : null;
    if (payment && reason !== null) stops.set(payment.id, { cause: 'COLLECTION_FAILED', reason });
  }
  for (const { id, mandateId } of payments.values()) {
    const withdrawal = withdrawn.get(mandateId ?? '');
    if (withdrawal) stops.set(id, { cause: 'AUTHORITY_WITHDRAWN', reason: withdrawal.reason });
  }
  return stops;
}

/** Stops payments. What was to be collected once and has failed just now, with no attempt left, ends by that instead. */
async function stopPayments(
  context: WriteContext,
  payments: ReadonlyMap<string, KnownPayment>,
  stops: ReadonlyMap<string, Stop>,
  settled: readonly SettledTransaction[],
): Promise<void> {
  const ids = settled.map(({ transaction }) => transaction.paymentId);
  const unfinished = await findUnfinishedPayments(context.tx, context.merchantId, ids);
  const failed = new Set(ids.filter((id) => !unfinished.has(id)));
  const found = [...stops.keys()].flatMap((id) => payments.get(id) ?? []);
  const halted = found.filter(({ id, kind }) => kind === 'RECURRING' || !failed.has(id));
  await haltPayments(context, halted, 'STOP', 'CALLER', ({ id }) => ({
    reason: stops.get(id)?.reason ?? null,
    stopCause: stops.get(id)?.cause,
  }));
  // One that is stopped already says why it cannot simply be run again.
  const moves = halted.flatMap((payment): PaymentMove[] => {
    const stop = stops.get(payment.id);
    if (payment.status !== 'STOPPED' || !stop || payment.stopCause === 'AUTHORITY_WITHDRAWN') return [];
    return [{ payment, to: payment.status, failedReason: stop.reason, stopCause: stop.cause }];
  });
  await movePayments(context, moves);
}

/** Ends payments whose last transaction is final: once collected, or failed. */
async function endPayments(
  context: WriteContext,
  payments: ReadonlyMap<string, KnownPayment>,
  settled: readonly SettledTransaction[],
  stops: ReadonlyMap<string, Stop>,
): Promise<void> {
  const { tx, merchantId } = context;
  const today = civilDateOf(context.occurredAt);
  const last = new Map(settled.map((item) => [item.transaction.paymentId, item]));
  const ids = [...last.keys()].filter((id) => payments.get(id)?.kind !== 'RECURRING' || !stops.has(id));
  const unfinished = await findUnfinishedPayments(tx, merchantId, ids);
  const paid = await findPaymentsPaid(tx, merchantId, ids);
  const moves = ids.flatMap((id): PaymentMove[] => {
    const payment = payments.get(id);
    const item = last.get(id);
    if (!payment || !item) return [];
    const status = item.wasPaid || paid.has(id) ? 'PAID' : item.status;
    // A recurring payment ends on the day after its last, however its transactions ended before.
    const isLast = !unfinished.has(id) && (payment.kind !== 'RECURRING' || hasEnded(payment, today));
    const event = endOf(payment, paymentEventOf(payment.kind, status, isLast));
    const to = event && transitionPayment(payment.status, event);
    if (!to) return [];
    if (to !== 'STOPPED') return [{ payment, to, failedReason: null }];
    const { reason, cause: stopCause } = stops.get(id) ?? { reason: null, cause: 'COLLECTION_FAILED' };
    return [{ payment, to, failedReason: reason ?? meaningOf(item.code) ?? item.status, stopCause }];
  });
  await movePayments(context, moves);
  // A mandate for one collection is over with it; it is locked before its payments, so in a step of its own.
  const used = moves.flatMap(({ payment, to }): DueWork[] => {
    const { mandateId, mandate } = payment;
    if (to !== 'COMPLETED' || mandateId === null || mandate?.processDate == null) return [];
    return [{ kind: 'COMPLETE_MANDATE', subjectId: mandateId, dueAt: context.occurredAt, details: {} }];
  });
  await putDueWork(context, used);
}

/** Only what its own failed collection has stopped is completed, when the bank's word that it was paid comes late. */
function endOf({ status, kind, stopCause }: KnownPayment, event: PaymentEvent | null): PaymentEvent | null {
  if (status === 'STOPPED' && !BY_COLLECTION.has(stopCause)) return null;
  return status === 'COMPLETED' && kind !== 'ONE_TIME' ? null : event;
}

/** What was collected and then taken back marks a payment that is COMPLETED; it does not open it again (DOMAIN §4.4). */
async function markTakenBack(
  context: WriteContext,
  payments: ReadonlyMap<string, KnownPayment>,
  settled: readonly SettledTransaction[],
): Promise<void> {
  const touched = settled.filter(({ transaction, wasPaid }) => wasPaid && payments.has(transaction.paymentId));
  const isBack = ({ status }: SettledTransaction) => (TAKEN_BACK_STATUSES as readonly string[]).includes(status);
  const marked = touched.filter((item) => isBack(item) || payments.get(item.transaction.paymentId)?.outcome !== null);
  const ids = [...new Set(marked.map(({ transaction }) => transaction.paymentId))];
  await setPaymentOutcomes(context, ids);
}

/** An account that a code says takes no debits is disabled, and its payments stopped: in a step of its own, for it is locked first. */
async function disableAccounts(
  context: WriteContext,
  payments: ReadonlyMap<string, KnownPayment>,
  settled: readonly SettledTransaction[],
): Promise<void> {
  const work = settled.flatMap(({ transaction, code, status }): DueWork[] => {
    const accountId = payments.get(transaction.paymentId)?.bankAccountId;
    if (!accountId || code === null || !unpaidCode(code)?.disablesAccount || status === 'PAID') return [];
    return [{ kind: 'DISABLE_BANK_ACCOUNT', subjectId: accountId, dueAt: context.occurredAt, details: { code } }];
  });
  await putDueWork(context, work);
}

/** A customer that a bank reports as deceased is blacklisted, and all payments stop: in a step of its own, for it is locked first. */
async function markDeceased(
  context: WriteContext,
  payments: ReadonlyMap<string, KnownPayment>,
  settled: readonly SettledTransaction[],
): Promise<void> {
  const work = settled.flatMap(({ transaction, code, status }): DueWork[] => {
    const customerId = payments.get(transaction.paymentId)?.customerId;
    if (!customerId || code !== DECEASED_CODE || status === 'PAID') return [];
    return [{ kind: 'MARK_DECEASED', subjectId: customerId, dueAt: context.occurredAt, details: { code } }];
  });
  await putDueWork(context, work);
}
