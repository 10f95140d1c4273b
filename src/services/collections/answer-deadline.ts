import { addBusinessDays, type Holidays } from '../../domain/calendar.ts';
import { addDays, instantAt } from '../../domain/dates.ts';
import { ANSWER_BUSINESS_DAYS } from '../../domain/transaction.ts';
import type { DueWork } from '../../store/due-work/kinds.ts';
import type { KnownTransaction } from '../../store/transactions/known.ts';

/** The job that asks the bank about a submitted transaction when the answer deadline has passed. */
export function answerDeadline({ id, actionDate }: KnownTransaction, holidays: Holidays): DueWork {
  const last = addBusinessDays(actionDate, ANSWER_BUSINESS_DAYS, holidays);
  return { kind: 'AWAIT_ANSWER', subjectId: id, dueAt: instantAt(addDays(last, 1)), details: {} };
}
