import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Holidays } from '../../domain/calendar.ts';
import { civilDateOf } from '../../domain/dates.ts';
import { collectionsWithin, type Period, type Upcoming, upcomingOf } from '../../domain/payment/upcoming.ts';
import type { Queryable } from '../../store/connection/database.ts';
import { findPlannedCollections } from '../../store/due-work/planned-collections.ts';
import { findHolidays } from '../../store/merchants/settings.ts';
import { findPayments } from '../../store/payments/known.ts';
import { findOpenCollections, findScheduleGroups, findSingularPayments } from '../../store/payments/upcoming.ts';
import { findLastCollections } from '../../store/transactions/collected.ts';
import { searchFirst } from './plan-collections.ts';
import { anchored } from './preview-schedule.ts';

/** Number of payments that are forecast one by one in a step, and of groups between two turns of the event loop. */
const STEP = 250;
/** Maximum number of payments that are forecast one by one. */
export const SINGULAR_MAX = 50_000;

/**
 * Returns what a merchant will collect within a period, by method, payment status and days, by the rules of
 * `previewPayments`: debits that exist and have no final result, and planned ones. Payments with the same dates are
 * forecast together, so the work does not grow with their number; those whose amount changes within the period are
 * forecast one by one. Null if there are more than SINGULAR_MAX of these.
 */
export async function upcomingCollections(
  database: Queryable,
  merchantId: string,
  now: Date,
  period: Period,
): Promise<Upcoming[] | null> {
  const today = civilDateOf(now);
  const [holidays, open, groups] = await Promise.all([
    findHolidays(database, merchantId),
    findOpenCollections(database, merchantId, period),
    findScheduleGroups(database, merchantId, today, period),
  ]);
  const upcoming = [...open];
  for (const [index, group] of groups.entries()) {
    upcoming.push(...upcomingOf(group, period, now, holidays));
    if (index % STEP === STEP - 1) await nextTurn();
  }
  let after = '';
  for (let count = 0; count < SINGULAR_MAX; count += STEP) {
    const ids = await findSingularPayments(database, merchantId, today, period, after, STEP);
    upcoming.push(...(await forecastEach(database, merchantId, ids, period, now, holidays)));
    const last = ids.at(-1);
    if (last === undefined || ids.length < STEP) return upcoming;
    after = last;
    await nextTurn();
  }
  return null;
}

async function forecastEach(
  database: Queryable,
  merchantId: string,
  ids: readonly string[],
  period: Period,
  now: Date,
  holidays: Holidays,
): Promise<Upcoming[]> {
  if (ids.length === 0) return [];
  const payments = await findPayments(database, merchantId, ids);
  const planned = await findPlannedCollections(database, merchantId, ids);
  const made = await findLastCollections(database, merchantId, ids);
  return [...payments.values()].flatMap((payment) => {
    const { id, status, paymentMethodId: methodId } = payment;
    const next = status === 'PENDING' ? searchFirst(payment, now, holidays).next : (planned.get(id) ?? null);
    const start = { planned: next, lost: [], hasFirst: made.get(id)?.hasFirst === true };
    return collectionsWithin(anchored(payment), start, period, now, holidays).map(
      ({ actionDate: day, nominalDate: nominalDay, amountCents }) => {
        return { methodId, status, day, nominalDay, count: 1, amountCents: BigInt(amountCents) };
      },
    );
  });
}
