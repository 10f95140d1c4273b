import { NAMED_IDS_MAX } from '../../domain/batch.ts';
import type { DateAdjustmentRule, Holidays } from '../../domain/calendar.ts';
import { DAY_MS, localTimeOf } from '../../domain/dates.ts';
import type { Findings } from '../../domain/findings.ts';
import { lostBetween } from '../../domain/lost-cycles.ts';
import type { LateRunPolicy } from '../../domain/merchant.ts';
import type { PauseCause } from '../../domain/payment/state-machine.ts';
import { type Lost, lostCollection, type Nominal, submitByOf } from '../../domain/schedule.ts';
import { cycleSkipped, type SkippedCycle } from '../../domain/warnings.ts';
import type { Queryable } from '../../store/connection/database.ts';
import { findPlannedCollections, findPlannedUntil } from '../../store/due-work/planned-collections.ts';
import { findHolidays } from '../../store/merchants/settings.ts';
import { findPayments, type KnownPayment } from '../../store/payments/known.ts';
import { findHaltedSince } from '../../store/payments/running-payments.ts';
import { findCollectedDates, findLastCollections, findWithdrawnDates } from '../../store/transactions/collected.ts';
import { findUnsent, type KnownTransaction } from '../../store/transactions/known.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { boundsOf, collectionNow, ruleOf, scheduleOf, searchCollection } from './plan-collections.ts';
import { replanned } from './replan-payments.ts';

/** Collections that payments lose, by payment id. `isNoted` marks those whose event is already written. */
export type SkippedCycles = ReadonlyMap<string, ReadonlyArray<SkippedCycle & { readonly isNoted?: boolean }>>;

/** Whether `cause` is the only cause of a pause. */
export function isOnly(causes: readonly PauseCause[], cause: PauseCause): boolean {
  return causes.length === 1 && causes[0] === cause;
}

/** Adds a CYCLE_SKIPPED warning for each collection lost, at the path of `findings`, in the order of the payments. */
export function warnOfSkipped(paymentIds: readonly string[], skipped: SkippedCycles, findings: Findings): void {
  const { path, warnings } = findings;
  for (const id of paymentIds) {
    for (const cycle of skipped.get(id) ?? []) warnings.push(cycleSkipped(path, cycle, [id]));
  }
}

/** Returns the next collection of each RUNNING payment, which a pause skips unless it ends before the cut-off. */
export async function skippedByPause(
  database: Queryable,
  merchantId: string,
  now: Date,
  payments: readonly KnownPayment[],
): Promise<SkippedCycles> {
  const running = payments.filter(({ status }) => status === 'RUNNING');
  const { planned, unsent, holidays } = await readAhead(database, merchantId, running);
  return new Map(
    running.map((payment) => {
      const waiting = unsent.get(payment.id) ?? [];
      const next = planned.get(payment.id) ?? null;
      const held = heldOf(payment, waiting[0], next, holidays);
      if (!held) return [payment.id, []];
      const after = waiting[0] ? next : searchCollection(payment, next, now, holidays).next;
      const reason = `To be collected, the payment must resume before the cut-off, ${localTimeOf(held.cutOff)}.`;
      return [payment.id, [{ lostDate: held.nominalDate, nextDate: after?.nominalDate ?? null, reason }]];
    }),
  );
}

/** Returns the collection that a pause holds and its last cut-off; null if there is none. */
function heldOf(
  payment: KnownPayment,
  waiting: KnownTransaction | undefined,
  next: Nominal | null,
  holidays: Holidays,
): { readonly nominalDate: string; readonly cutOff: Date } | null {
  if (waiting) {
    return { nominalDate: waiting.nominalDate, cutOff: submitByOf(ruleOf(payment).lead, waiting.actionDate, holidays) };
  }
  if (!next) return null;
  const { nominalDate, cutOff } = lostCollection(next, ruleOf(payment), holidays, boundsOf(payment));
  return cutOff && { nominalDate, cutOff };
}

const WITHDRAWN = 'The transaction was cancelled when the payment was stopped.';
const HELD = 'The payment was not running when the cut-off of the transaction passed.';

/** Returns the collections that payments lost while they were not running, in date order. */
export async function skippedBeforeResumption(
  database: Queryable,
  merchantId: string,
  now: Date,
  payments: readonly KnownPayment[],
): Promise<SkippedCycles> {
  const ids = payments.map(({ id }) => id);
  const since = await findHaltedSince(database, merchantId, ids);
  const collected = await findCollectedDates(database, merchantId, ids);
  const withdrawn = await findWithdrawnDates(database, merchantId, ids);
  const made = await findLastCollections(database, merchantId, ids);
  const { planned, unsent, holidays } = await readAhead(database, merchantId, payments);
  return new Map(
    payments.map((payment) => {
      const schedule = scheduleOf(payment);
      const from = since.get(payment.id);
      if (!schedule || !from) return [payment.id, []];
      const known = planned.get(payment.id) ?? null;
      const next =
        unsent.get(payment.id)?.[0] ??
        known ??
        replanned(payment, null, made.get(payment.id) ?? null, now, holidays).next;
      const lost = lostBetween(schedule, ruleOf(payment), { from, until: now }, holidays);
      const own = lost.filter(({ nominalDate }) => !collected.get(payment.id)?.has(nominalDate));
      const dates = new Set(own.map(({ nominalDate }) => nominalDate));
      const cancelled = withdrawn.get(payment.id) ?? [];
      const noted = new Set(cancelled.flatMap(({ date, isNoted }) => (isNoted ? [date] : [])));
      const nextDate = next?.nominalDate ?? null;
      const cycles = [
        ...own.map((item) => {
          return { ...cycleOf(item, next, 'The payment was not running.'), isNoted: noted.has(item.nominalDate) };
        }),
        ...cancelled
          .filter(({ date }) => !dates.has(date))
          .map(({ date: lostDate, isNoted }) => ({ lostDate, nextDate, reason: isNoted ? HELD : WITHDRAWN, isNoted })),
      ];
      return [payment.id, cycles.sort((a, b) => (a.lostDate < b.lostDate ? -1 : 1))];
    }),
  );
}

/** Returns the collections that payments lose when their terms change from `before` to `after`. */
export async function skippedByChange(
  database: Queryable,
  merchantId: string,
  now: Date,
  changes: ReadonlyArray<{ readonly before: KnownPayment; readonly after: KnownPayment }>,
): Promise<SkippedCycles> {
  const ids = changes.map(({ before }) => before.id);
  const planned = await findPlannedCollections(database, merchantId, ids);
  const made = await findLastCollections(database, merchantId, ids);
  const holidays = await findHolidays(database, merchantId);
  return new Map(
    changes.map(({ after }) => {
      const { next, lost } = replanned(after, planned.get(after.id) ?? null, made.get(after.id) ?? null, now, holidays);
      return [after.id, lost.map((item) => cycleOf(item, next, 'The collection dates have changed.'))];
    }),
  );
}

/** Days ahead for which a calendar change is checked; it cannot make later collections miss their cut-off. */
export const CALENDAR_WARNING_DAYS = 10;
/** Maximum number of planned collections that the check reads, the earliest first. */
export const CALENDAR_CHECKED_COLLECTIONS_MAX = 10_000;

/** The calendar and rules after a change. */
export interface MovedBy {
  readonly holidays: Holidays;
  /** Changed date adjustment rules, by payment method id. */
  readonly rules: ReadonlyMap<string, DateAdjustmentRule>;
  readonly lateRunPolicy: LateRunPolicy;
}

/**
 * Returns the collections due within `CALENDAR_WARNING_DAYS` that a changed calendar or rule makes too late to send,
 * earliest first: at most `NAMED_IDS_MAX` payments.
 */
export async function skippedByCalendar(
  context: WriteContext,
  { holidays, rules, lateRunPolicy }: MovedBy,
): Promise<SkippedCycles> {
  const { tx, merchantId, occurredAt: now } = context;
  const until = new Date(now.getTime() + CALENDAR_WARNING_DAYS * DAY_MS);
  const planned = await findPlannedUntil(context, until, CALENDAR_CHECKED_COLLECTIONS_MAX);
  const payments = await findPayments(
    tx,
    merchantId,
    planned.map(({ subjectId }) => subjectId),
  );
  const lost = planned.flatMap(({ subjectId, details: { nominalDate, kind = 'REGULAR' } }) => {
    const found = payments.get(subjectId);
    if (!found) return [];
    const rule = rules.get(found.paymentMethodId);
    const payment = rule ? { ...found, dateAdjustmentRule: rule } : found;
    const nominal = { nominalDate, kind };
    if (collectionNow(payment, nominal, lateRunPolicy, now, holidays)) return [];
    const { next } = searchCollection(payment, nominal, now, holidays);
    const collection = lostCollection(nominal, ruleOf(payment), holidays, boundsOf(payment));
    return [[subjectId, [cycleOf(collection, next, 'The calendar has changed.')]] as const];
  });
  return new Map(lost.slice(0, NAMED_IDS_MAX));
}

function cycleOf(
  { nominalDate, reason }: Lost,
  next: Pick<Nominal, 'nominalDate'> | null,
  cause: string,
): SkippedCycle {
  return { lostDate: nominalDate, nextDate: next?.nominalDate ?? null, reason: `${cause} ${reason}` };
}

async function readAhead(database: Queryable, merchantId: string, payments: readonly KnownPayment[]) {
  const ids = payments.map(({ id }) => id);
  return {
    planned: await findPlannedCollections(database, merchantId, ids),
    unsent: await findUnsent(database, merchantId, ids),
    holidays: await findHolidays(database, merchantId),
  };
}
