import { civilDateOf } from '../../domain/dates.ts';
import { lookUp } from '../../domain/invariants.ts';
import type { Withdrawal } from '../../domain/mandate/authority.ts';
import type { KnownMandate } from '../../domain/mandate/mandate.ts';
import { type PaymentEvent, type StopCause, transitionPayment } from '../../domain/payment/state-machine.ts';
import { stopReasonOf } from '../../domain/payment/stop.ts';
import { paymentEventOf, TAKEN_BACK_STATUSES } from '../../domain/transaction.ts';
import { DECEASED_CODE, meaningOf, unpaidCode } from '../../domain/unpaid-codes.ts';
import { putDueWork } from '../../store/due-work/due-work.ts';
import type { DueWork } from '../../store/due-work/kinds.ts';
import type { KnownPayment } from '../../store/payments/known.ts';
import { movePayments, type PaymentMove, setPaymentOutcomes } from '../../store/payments/write.ts';
import { findPaymentsPaid, findUnfinishedPayments } from '../../store/transactions/collected.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { hasEnded } from './end-payments.ts';
import { haltPayments } from './halt-payments.ts';
import { markAuthority } from './mark-authority.ts';
import { retryUnpaidDebits, withdrawRetries } from './retry-unpaid-debits.ts';
import type { SettledTransaction } from './settled-transaction.ts';

/** Stop causes after which a late PAID answer of the bank still completes a one-time payment. */
const BY_COLLECTION: ReadonlySet<StopCause | null> = new Set([
  'COLLECTION_FAILED',
  'ACCOUNT_DISABLED',
  'AUTHORITY_WITHDRAWN',
]);

/**
 * Applies the results of transactions to their locked payments. A failed debit is retried by the retry policy, stops
 * the payment, or withdraws the authority of the mandate and stops all payments under it; the last transaction ends the
 * payment; money taken back later sets its outcome. The result does not depend on the order of the answers. `mandates`,
 * locked too, are those whose authority may change; `payments` must include all their payments that are not over.
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

/** Cause and reason of a stop. */
interface Stop {
  readonly cause: StopCause;
  readonly reason: string;
}

/** Returns the stops by payment id: by the code of an own debit, or by the withdrawn authority of the mandate. */
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
    const withdrawal = lookUp(withdrawn, mandateId);
    if (withdrawal) stops.set(id, { cause: 'AUTHORITY_WITHDRAWN', reason: withdrawal.reason });
  }
  return stops;
}

/** Stops payments. A one-time payment that has just failed without a retry left is ended by `endPayments` instead. */
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
  // A payment that is already stopped gets the new reason, which explains why it cannot be resumed.
  const moves = halted.flatMap((payment): PaymentMove[] => {
    const stop = stops.get(payment.id);
    if (payment.status !== 'STOPPED' || !stop || payment.stopCause === 'AUTHORITY_WITHDRAWN') return [];
    return [{ payment, to: payment.status, failedReason: stop.reason, stopCause: stop.cause }];
  });
  movePayments(context, moves);
}

/** Ends payments whose last transaction is final, as collected or as failed. */
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
    // A recurring payment ends only after its end date, whatever the results of earlier transactions.
    const isLast = !unfinished.has(id) && (payment.kind !== 'RECURRING' || hasEnded(payment, today));
    const event = endOf(payment, paymentEventOf(payment.kind, status, isLast));
    const to = event && transitionPayment(payment.status, event);
    if (!to) return [];
    if (to !== 'STOPPED') return [{ payment, to, failedReason: null }];
    const { reason, cause: stopCause } = stops.get(id) ?? { reason: null, cause: 'COLLECTION_FAILED' };
    return [{ payment, to, failedReason: reason ?? meaningOf(item.code) ?? item.status, stopCause }];
  });
  movePayments(context, moves);
  // A one-time mandate completes with its payment. Mandates are locked before payments, so this is a separate job.
  const used = moves.flatMap(({ payment, to }): DueWork[] => {
    const { mandateId, mandate } = payment;
    if (to !== 'COMPLETED' || mandateId === null || mandate?.processDate == null) return [];
    return [{ kind: 'COMPLETE_MANDATE', subjectId: mandateId, dueAt: context.occurredAt, details: {} }];
  });
  putDueWork(context, used);
}

/**
 * Returns the event if the payment allows it: a STOPPED payment only after a stop in `BY_COLLECTION`, a COMPLETED one
 * only if it is one-time. Null otherwise.
 */
function endOf({ status, kind, stopCause }: KnownPayment, event: PaymentEvent | null): PaymentEvent | null {
  if (status === 'STOPPED' && !BY_COLLECTION.has(stopCause)) return null;
  return status === 'COMPLETED' && kind !== 'ONE_TIME' ? null : event;
}

/** Sets the outcome of payments whose collected money was taken back; COMPLETED payments stay so (DOMAIN §4.4). */
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

/** Plans to disable accounts whose return code refuses debits. A separate job, because accounts are locked first. */
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
  putDueWork(context, work);
}

/** Plans to blacklist customers reported as deceased. A separate job, because customers are locked first. */
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
  putDueWork(context, work);
}
