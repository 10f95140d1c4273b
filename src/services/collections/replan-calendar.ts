import { occurrenceOn } from '../../domain/schedule.ts';
import { deleteDueWork, putDueWork } from '../../store/due-work/due-work.ts';
import type { DueWork } from '../../store/due-work/kinds.ts';
import { findPlannedAfter } from '../../store/due-work/planned-collections.ts';
import { findHolidays } from '../../store/merchants/settings.ts';
import { lockPayments } from '../../store/payments/known.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { boundsOf, collectionDueAt, ruleOf } from './plan-collections.ts';

/** Maximum number of payments per step. */
const STEP_SIZE = 1_000;
const SUBJECT = 'calendar';

/**
 * Returns the job that replans collections after a change of the calendar or of a date adjustment rule, starting behind
 * the payment id `after`.
 */
export function replanJob(now: Date, after = ''): DueWork {
  return { kind: 'REPLAN_COLLECTIONS', subjectId: SUBJECT, dueAt: now, details: { after } };
}

/**
 * Due job: replans the next step of planned collections, in order of payment id, with the current calendar and rules.
 * Plans its own continuation while there are more.
 */
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
    // A collection that can no longer be sent is decided immediately, like one that the gateway ran late for.
    const dueAt = occurrence ? collectionDueAt(occurrence) : now;
    return dueAt.getTime() === item.dueAt.getTime()
      ? []
      : [{ ...item, kind: 'CREATE_TRANSACTION', dueAt, details: { ...item.details } }];
  });
  putDueWork(context, moved);
  deleteDueWork(tx, merchantId, 'REPLAN_COLLECTIONS', [SUBJECT]);
  const last = planned.at(-1);
  if (planned.length === STEP_SIZE && last) putDueWork(context, [replanJob(now, last.subjectId)]);
}
