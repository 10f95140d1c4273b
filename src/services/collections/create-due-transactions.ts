import type { Holidays } from '../../domain/calendar.ts';
import { amountOn } from '../../domain/payment/amount.ts';
import { transitionPayment } from '../../domain/payment/state-machine.ts';
import {
  type Lost,
  lostCollection,
  type Nominal,
  type Occurrence,
  occurrenceOn,
  type Search,
  sendAtOf,
} from '../../domain/schedule.ts';
import { deleteDueWork, putDueWork } from '../../store/due-work/due-work.ts';
import type { DueWork } from '../../store/due-work/kinds.ts';
import { findSettingsAndHolidays } from '../../store/merchants/settings.ts';
import { type KnownPayment, lockPayments } from '../../store/payments/known.ts';
import { movePayments, noteSkipped, type PaymentMove } from '../../store/payments/write.ts';
import {
  findLastCollections,
  findUnfinishedPayments,
  type LastCollection,
} from '../../store/transactions/collected.ts';
import type { NewTransaction } from '../../store/transactions/known.ts';
import { insertTransactions } from '../../store/transactions/write.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { enforceLimits } from './enforce-limits.ts';
import { boundsOf, collectionJob, collectionNow, ruleOf, searchCollection, withoutFirst } from './plan-collections.ts';
import { settlePayments } from './settle-payments.ts';

/**
 * Due job: creates the transactions of due collections, plans their sending and the next collections of their payments,
 * in the transaction of `context`. A collection of a paused payment is held until its last cut-off.
 */
export async function createDueTransactions(
  context: WriteContext,
  work: ReadonlyArray<DueWork<'CREATE_TRANSACTION'>>,
): Promise<void> {
  const { tx, merchantId, occurredAt: now } = context;
  const subjectIds = work.map((item) => item.subjectId);
  const payments = await lockPayments(tx, merchantId, subjectIds);
  const { holidays, settings } = await findSettingsAndHolidays(tx, merchantId);
  const { lateRunPolicy } = settings;
  const begun = [...payments.values()].filter(({ mandate }) => mandate?.firstDate != null).map(({ id }) => id);
  const last = await findLastCollections(tx, merchantId, begun);
  const due = work.flatMap((item): Due[] => {
    const payment = payments.get(item.subjectId);
    if (payment?.status !== 'RUNNING' && payment?.status !== 'PAUSED') return [];
    const { nominalDate, kind = 'REGULAR', sequence } = item.details;
    const nominal = { nominalDate, kind };
    const base = { payment, sequence, nominal };
    if (payment.status === 'PAUSED') return [{ ...base, ...decideHeld(base, now, holidays) }];
    const occurrence = collectionNow(payment, nominal, lateRunPolicy, now, holidays);
    return [{ ...base, occurrence, isHeld: false }];
  });
  const collected = due.flatMap(({ payment, sequence, occurrence, isHeld }) =>
    occurrence && !isHeld ? [{ payment, sequence, occurrence }] : [],
  );
  const made = await insertTransactions(
    context,
    collected.map(({ payment, occurrence, sequence }) => transactionOf(payment, occurrence, sequence)),
  );
  const { admitted, refused } = await enforceLimits(context, made, payments);
  const sendAt = new Map(
    collected.map(({ payment, occurrence }) => [payment.id, sendAtOf(ruleOf(payment).lead, occurrence.submitBy)]),
  );
  const decided = due
    .filter(({ isHeld }) => !isHeld)
    .map((item) => ({ ...item, ...searchAfter(item, last, now, holidays) }));
  deleteDueWork(tx, merchantId, 'CREATE_TRANSACTION', subjectIds);
  putDueWork(context, [
    ...admitted.map((transaction) => ({
      kind: 'SEND_TRANSACTION' as const,
      subjectId: transaction.id,
      dueAt: sendAt.get(transaction.paymentId) ?? now,
      details: {},
    })),
    ...decided.flatMap(({ payment, sequence, next, occurrence }) => {
      // A skipped date does not use a sequence number.
      return next ? [collectionJob(payment.id, next, occurrence ? sequence + 1 : sequence)] : [];
    }),
    ...due.flatMap(({ payment, sequence, occurrence, isHeld }) =>
      occurrence && isHeld ? [{ ...collectionJob(payment.id, occurrence, sequence), dueAt: occurrence.submitBy }] : [],
    ),
  ]);
  const noted = await noteSkipped(
    context,
    decided.map((item) => ({ payment: item.payment, lost: lostOf(item, holidays) })),
  );
  await settlePayments(
    context,
    new Map([...payments, ...noted]),
    refused.map((item) => ({ ...item, wasPaid: false, isNew: true })),
  );
  await endSkipped(
    context,
    decided.filter(({ occurrence }) => occurrence === null).flatMap(({ payment }) => noted.get(payment.id) ?? []),
  );
}

/** A due collection. It is made on `occurrence`, or held until then if `isHeld`; null means it is skipped. */
interface Due {
  readonly payment: KnownPayment;
  readonly sequence: number;
  readonly nominal: Nominal;
  readonly occurrence: Occurrence | null;
  /** Whether the payment is paused, so that the collection waits for it to resume until the last cut-off. */
  readonly isHeld: boolean;
}

/** Decides a collection of a paused payment: it is held until its last cut-off, then skipped (DOMAIN §4.4). */
function decideHeld(
  { payment, nominal }: Pick<Due, 'payment' | 'nominal'>,
  now: Date,
  holidays: Holidays,
): Pick<Due, 'occurrence' | 'isHeld'> {
  const afterNow = new Date(now.getTime() + 1);
  const occurrence = occurrenceOn(nominal, ruleOf(payment), afterNow, holidays, boundsOf(payment));
  return { occurrence, isHeld: occurrence !== null };
}

/** Returns the collection that follows the due one, and those lost in between. */
function searchAfter(
  { payment, nominal, occurrence }: Due,
  last: ReadonlyMap<string, LastCollection>,
  now: Date,
  holidays: Holidays,
): Search {
  const hasFirst = last.get(payment.id)?.hasFirst === true;
  const isFirstSkipped = nominal.kind === 'FIRST' && occurrence === null;
  const planned = isFirstSkipped || (hasFirst && nominal.kind === 'REGULAR') ? withoutFirst(payment) : payment;
  return searchCollection(planned, nominal, now, holidays);
}

function lostOf(
  { payment, nominal, occurrence, lost }: Due & Search,
  holidays: Holidays,
): Array<Pick<Lost, 'nominalDate' | 'reason'>> {
  if (occurrence !== null) return [...lost];
  const own = lostCollection(nominal, ruleOf(payment), holidays, boundsOf(payment));
  const reason = payment.status === 'PAUSED' ? `${own.reason} The payment was paused.` : own.reason;
  return [{ ...own, reason }, ...lost];
}

/** Stops one-time payments whose collection was skipped and that have no unfinished transaction (DOMAIN §0.1.3). */
async function endSkipped(context: WriteContext, skipped: readonly KnownPayment[]): Promise<void> {
  const once = skipped.filter(({ kind }) => kind === 'ONE_TIME');
  if (once.length === 0) return;
  const ids = once.map(({ id }) => id);
  const unfinished = await findUnfinishedPayments(context.tx, context.merchantId, ids);
  const moves = once.flatMap((payment): PaymentMove[] => {
    const to = unfinished.has(payment.id) ? null : transitionPayment(payment.status, 'DATE_PASSED');
    const why = payment.status === 'PAUSED' ? 'while the payment was paused' : 'before the debit could be sent';
    return to ? [{ payment, to, failedReason: `The collection date passed ${why}.` }] : [];
  });
  movePayments(context, moves);
}

function transactionOf(payment: KnownPayment, occurrence: Occurrence, sequence: number): NewTransaction {
  const suffix = payment.kind === 'RECURRING' ? `-${String(sequence).padStart(3, '0')}` : '';
  const { kind, nominalDate, actionDate } = occurrence;
  return {
    paymentId: payment.id,
    customerId: payment.customerId,
    bankAccountId: payment.bankAccountId,
    mandateId: payment.mandateId,
    paymentMethodId: payment.paymentMethodId,
    kind,
    nominalDate,
    actionDate,
    attempt: 1,
    amountCents: amountOn(payment, kind, nominalDate),
    transactionReference: `${payment.transactionReference}${suffix}`,
    batchReference: payment.batchReference,
  };
}
