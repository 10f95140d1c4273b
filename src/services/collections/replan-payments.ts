import type { Holidays } from '../../domain/calendar.ts';
import { searchUncollected } from '../../domain/collected-cycles.ts';
import { losesCycle } from '../../domain/lost-cycles.ts';
import { transitionPayment } from '../../domain/payment/state-machine.ts';
import { type Lost, lostCollection, type Nominal, type Occurrence } from '../../domain/schedule.ts';
import { deleteDueWork, putDueWork } from '../../store/due-work/due-work.ts';
import { findPlannedCollections } from '../../store/due-work/planned-collections.ts';
import { findHolidays } from '../../store/merchants/settings.ts';
import { type KnownPayment, lockPayments } from '../../store/payments/known.ts';
import { movePayments, noteSkipped, type PaymentMove } from '../../store/payments/write.ts';
import {
  findLastCollections,
  findUnfinishedPayments,
  type LastCollection,
} from '../../store/transactions/collected.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { boundsOf, collectionJob, endJobsOf, ruleOf, scheduleOf, searchFirst } from './plan-collections.ts';

/**
 * Replans the next collections and the end jobs of payments whose dates have changed, in the transaction of `context`.
 * A cycle lost by the change is recorded with an event. A one-time payment without a date left is stopped.
 */
export async function replanPayments(context: WriteContext, paymentIds: readonly string[]): Promise<void> {
  if (paymentIds.length === 0) return;
  const { tx, merchantId, occurredAt: now } = context;
  const found = [...(await lockPayments(tx, merchantId, paymentIds)).values()];
  const last = await findLastCollections(tx, merchantId, paymentIds);
  const payments = found.filter(
    ({ id, kind, status }) => (status === 'RUNNING' || status === 'PAUSED') && (kind === 'RECURRING' || !last.has(id)),
  );
  const ids = payments.map(({ id }) => id);
  const holidays = await findHolidays(tx, merchantId);
  const planned = await findPlannedCollections(tx, merchantId, ids);
  const plans = payments.map((payment) => {
    const made = last.get(payment.id) ?? null;
    return { payment, made, ...replanned(payment, planned.get(payment.id) ?? null, made, now, holidays) };
  });
  deleteDueWork(tx, merchantId, 'CREATE_TRANSACTION', ids);
  deleteDueWork(tx, merchantId, 'END_PAYMENT', ids);
  const work = plans.flatMap(({ payment, next, made }) =>
    next ? [collectionJob(payment.id, next, (made?.count ?? 0) + 1)] : [],
  );
  putDueWork(context, [...work, ...endJobsOf(payments)]);
  const noted = await noteSkipped(context, plans);
  const unfinished = await findUnfinishedPayments(tx, merchantId, ids);
  const moves = payments.flatMap(({ id, kind }): PaymentMove[] => {
    const payment = noted.get(id);
    if (!payment || kind === 'RECURRING' || unfinished.has(id)) return [];
    const to = transitionPayment(payment.status, 'STOP');
    return to ? [{ payment, to, failedReason: 'No date is left on which the payment can be collected.' }] : [];
  });
  movePayments(context, moves);
}

/**
 * Returns the next collection of a payment after its dates have changed, and the collection lost by the change.
 * `planned` is the next collection before the change.
 */
export function replanned(
  payment: KnownPayment,
  planned: Nominal | null,
  made: LastCollection | null,
  now: Date,
  holidays: Holidays,
): { readonly next: Occurrence | null; readonly lost: readonly Lost[] } {
  const next = nextInNewCycle(payment, made, now, holidays);
  if (planned === null) return { next, lost: [] };
  const schedule = scheduleOf(payment);
  const isLost = schedule ? losesCycle(schedule, planned.nominalDate, next) : next === null;
  return { next, lost: isLost ? [lostCollection(planned, ruleOf(payment), holidays, boundsOf(payment))] : [] };
}

/** Returns the next collection outside the cycles that are already collected; null if none is left. */
export function nextInNewCycle(
  payment: KnownPayment,
  made: LastCollection | null,
  now: Date,
  holidays: Holidays,
): Occurrence | null {
  const schedule = scheduleOf(payment);
  if (made === null || schedule === null) return searchFirst(payment, now, holidays).next;
  const cycles = { schedule, firstMode: payment.mandate?.firstMode ?? null };
  return searchUncollected(cycles, made, ruleOf(payment), now, holidays).next;
}
