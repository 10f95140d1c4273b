import { civilDateOf, DAY_MS } from '../../domain/dates.ts';
import type { KnownMandate } from '../../domain/mandate/mandate.ts';
import { putDueWork } from '../../store/due-work/due-work.ts';
import type { DueWork } from '../../store/due-work/kinds.ts';
import { findOwnersWithRunningPayments, findSettledMandates } from '../../store/payments/running-payments.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { lockSubjects } from './mandate-jobs.ts';
import { moveMandates } from './move-mandates.ts';

/**
 * Returns the ACTIVE mandates that can complete: past their release date, or used for their one collection. Mandates in
 * other statuses are checked again when they become ACTIVE.
 */
async function findOver(context: WriteContext, mandates: readonly KnownMandate[]): Promise<readonly KnownMandate[]> {
  const today = civilDateOf(context.occurredAt);
  const once = mandates.filter(({ processDate }) => processDate !== null).map(({ id }) => id);
  const settled = await findSettledMandates(context.tx, context.merchantId, once);
  return mandates.filter(
    ({ id, status, dateRelease, processDate }) =>
      status === 'ACTIVE' && (processDate === null ? dateRelease !== null && dateRelease < today : settled.has(id)),
  );
}

/** Due job: completes mandates that are over. A mandate with a running payment is checked again after 24 hours. */
export async function completeMandates(context: WriteContext, work: readonly DueWork[]): Promise<void> {
  const mandates = await lockSubjects(context, 'COMPLETE_MANDATE', work);
  const over = await findOver(context, mandates);
  const ids = over.map(({ id }) => id);
  const inUse = await findOwnersWithRunningPayments(context.tx, context.merchantId, 'mandate_id', ids);
  const facts = { at: context.occurredAt };
  await moveMandates(
    context,
    over.filter(({ id }) => !inUse.has(id)).map((mandate) => ({ mandate, event: 'COMPLETE', facts })),
  );
  const tomorrow = new Date(context.occurredAt.getTime() + DAY_MS);
  putDueWork(
    context,
    [...inUse].map((subjectId) => ({ kind: 'COMPLETE_MANDATE', subjectId, dueAt: tomorrow, details: {} })),
  );
}
