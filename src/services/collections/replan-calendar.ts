import { occurrenceOn } from '../../domain/schedule.ts';
import { type DueWork, deleteDueWork, findPlannedAfter, putDueWork } from '../../store/due-work.ts';
import { findHolidays } from '../../store/merchants/merchants.ts';
import { lockPayments } from '../../store/payments/known.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { boundsOf, collectionDueAt, ruleOf } from './plan-collections.ts';

/** So many payments are looked at in one step. */
const STEP_SIZE = 1_000;
const SUBJECT = 'calendar';

/** The calendar, or the rule by which a method moves days, has changed: what is planned is looked at anew, from the first payment on. */
export function replanJob(now: Date, after = ''): DueWork {
  return { kind: 'REPLAN_COLLECTIONS', subjectId: SUBJECT, dueAt: now, details: { after } };
}

/** Plans the same collections by the calendar as it is now, a step of payments at a time. */
export async function replanCalendar(
  context: WriteContext,
  work: ReadonlyArray<DueWork<'REPLAN_COLLECTIONS'>>,
): Promise<void> {
  const { tx, merchantId, occurredAt: now } = context;
  const [first] = work;
  if (!first) return;
  const planned = await findPlannedAfter(context, first.details.after ?? '', STEP_SIZE);
  const payments = await lockPayments(
    tx,
    merchantId,
    planned.map(({ subjectId }) => subjectId),
  );
  const holidays = await findHolidays(tx, merchantId);
  const moved = planned.flatMap((item): DueWork[] => {
    const payment = payments.get(item.subjectId);
    if (!payment) return [];
    const { nominalDate, kind = 'REGULAR' } = item.details;
    const occurrence = occurrenceOn({ nominalDate, kind }, ruleOf(payment), now, holidays, boundsOf(payment));
    // What cannot be sent any more is decided at once, as what the gateway was late for.
    const dueAt = occurrence ? collectionDueAt(occurrence) : now;
    return dueAt.getTime() === item.dueAt.getTime()
      ? []
      : [{ ...item, kind: 'CREATE_TRANSACTION', dueAt, details: { ...item.details } }];
  });
  await putDueWork(context, moved);
  await deleteDueWork(tx, merchantId, 'REPLAN_COLLECTIONS', [SUBJECT]);
  const last = planned.at(-1);
  if (planned.length === STEP_SIZE && last) await putDueWork(context, [replanJob(now, last.subjectId)]);
}
