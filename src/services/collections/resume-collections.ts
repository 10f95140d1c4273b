import { occurrenceOn, sendAtOf, submitByOf } from '../../domain/schedule.ts';
import { putDueWork } from '../../store/due-work/due-work.ts';
import type { DueWork } from '../../store/due-work/kinds.ts';
import { findPlannedWork } from '../../store/due-work/planned-collections.ts';
import { findHolidays } from '../../store/merchants/settings.ts';
import type { KnownPayment } from '../../store/payments/known.ts';
import { lockPendingTransactions } from '../../store/transactions/known.ts';
import { findSubmitted } from '../../store/transactions/submissions.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { boundsOf, collectionJob, ruleOf } from './plan-collections.ts';

/**
 * Plans the held work of payments that resume: their unsent transactions are sent, and their held collections are made
 * if their cut-offs have not passed.
 */
export async function resumeCollections(context: WriteContext, payments: readonly KnownPayment[]): Promise<void> {
  if (payments.length === 0) return;
  const { tx, merchantId, occurredAt: now } = context;
  const byId = new Map(payments.map((payment) => [payment.id, payment]));
  const holidays = await findHolidays(tx, merchantId);
  const planned = await findPlannedWork(tx, merchantId, [...byId.keys()]);
  const made = planned.flatMap(({ subjectId, details: { nominalDate, kind = 'REGULAR', sequence } }): DueWork[] => {
    const payment = byId.get(subjectId);
    const next = payment && occurrenceOn({ nominalDate, kind }, ruleOf(payment), now, holidays, boundsOf(payment));
    return next ? [collectionJob(subjectId, next, sequence)] : [];
  });
  const pending = await lockPendingTransactions(tx, merchantId, [...byId.keys()]);
  const submitted = await findSubmitted(
    tx,
    merchantId,
    pending.map(({ id }) => id),
  );
  const sent = pending.flatMap(({ id, paymentId, actionDate }): DueWork[] => {
    const payment = byId.get(paymentId);
    if (!payment || submitted.has(id)) return [];
    const { lead } = ruleOf(payment);
    const dueAt = sendAtOf(lead, submitByOf(lead, actionDate, holidays));
    return [{ kind: 'SEND_TRANSACTION', subjectId: id, dueAt, details: {} }];
  });
  putDueWork(context, [...made, ...sent]);
}
