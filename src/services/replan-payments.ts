import type { Holidays } from '../domain/calendar.ts';
import { transitionPayment } from '../domain/payment/life.ts';
import { isSameCycle, type Occurrence } from '../domain/schedule.ts';
import type { Change } from '../store/change.ts';
import { deleteDueWork, putDueWork, type Timeline } from '../store/due-work.ts';
import { findHolidays } from '../store/merchants.ts';
import { findPaymentsForUpdate, type KnownPayment } from '../store/payments/known.ts';
import { movePayments, type PaymentMove } from '../store/payments/write.ts';
import { findLastCollections, findUnfinishedPayments, type LastCollection } from '../store/transactions/collected.ts';
import { collectionWork, firstCollection, nextCollection, withoutFirst } from './plan-collections.ts';

/**
 * Plans the next collections of payments anew, after the last that was made, because their days have moved. A payment that
 * has none left, and nothing under way, is over.
 */
export async function replanPayments(change: Change, timeline: Timeline, paymentIds: readonly string[]): Promise<void> {
  if (paymentIds.length === 0) return;
  const { tx, merchantId, occurredAt: now } = change;
  const found = [...(await findPaymentsForUpdate(tx, merchantId, paymentIds)).values()];
  const last = await findLastCollections(tx, merchantId, paymentIds);
  const payments = found.filter(
    ({ id, kind, status }) => (status === 'RUNNING' || status === 'PAUSED') && (kind === 'RECURRING' || !last.has(id)),
  );
  const ids = payments.map(({ id }) => id);
  const holidays = await findHolidays(tx, merchantId);
  await deleteDueWork(tx, merchantId, 'CREATE_TRANSACTION', ids);
  const work = payments.flatMap((payment) => {
    const made = last.get(payment.id) ?? null;
    const next = nextInNewCycle(payment, made, now, holidays);
    return next ? [collectionWork(payment.id, next, (made?.count ?? 0) + 1)] : [];
  });
  await putDueWork(tx, merchantId, timeline, work);
  const unfinished = await findUnfinishedPayments(tx, merchantId, ids);
  const moves = payments.flatMap((payment): PaymentMove[] => {
    if (unfinished.has(payment.id)) return [];
    const isEnded = payment.kind === 'RECURRING' && last.has(payment.id);
    const to = transitionPayment(payment.status, isEnded ? 'ENDED' : 'STOP');
    return to
      ? [{ payment, to, failedReason: isEnded ? null : 'No date is left on which it could be collected.' }]
      : [];
  });
  await movePayments(change, moves);
}

/** What was collected in a cycle is not collected in it again because the day has moved. */
export function nextInNewCycle(
  payment: KnownPayment,
  made: LastCollection | null,
  now: Date,
  holidays: Holidays,
): Occurrence | null {
  const { interval } = payment;
  if (made === null || interval === null) {
    const first = firstCollection(payment, now, holidays);
    const end = payment.mandate?.dateRelease ?? null;
    return first && end !== null && first.nominalDate > end ? null : first;
  }
  const { lastRegular, hasFirst } = made;
  const replaces = payment.mandate?.firstMode === 'REPLACES_INSTALMENT';
  // A first collection that took a regular one's place has collected its cycle.
  const collected = replaces ? made.nominalDate : lastRegular;
  const isAgain = ({ kind, nominalDate }: Occurrence) =>
    (kind === 'REGULAR' || replaces) && collected !== null && isSameCycle(interval, collected, nominalDate);
  const planned = hasFirst ? withoutFirst(payment) : payment;
  let next = nextCollection(planned, made, now, holidays);
  while (next && isAgain(next)) next = nextCollection(planned, next, now, holidays);
  return next;
}
