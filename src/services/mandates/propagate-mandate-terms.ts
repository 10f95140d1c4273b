import type { Cause } from '../../domain/event.ts';
import { lookUp } from '../../domain/invariants.ts';
import { adjustmentOf } from '../../domain/mandate/adjustment.ts';
import { type PaymentTerms, propagatedTerms, type TermsChange } from '../../domain/mandate/propagated-terms.ts';
import { deleteDueWork, putDueWork } from '../../store/due-work/due-work.ts';
import { type KnownPayment, lockPayments } from '../../store/payments/known.ts';
import { findRunningPaymentIds } from '../../store/payments/running-payments.ts';
import { updatePaymentTerms } from '../../store/payments/write.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { replanPayments } from '../collections/replan-payments.ts';
import { adjustmentJob, releaseJobs } from './mandate-jobs.ts';

/** A mandate before and after a change of its terms. */
export interface ChangedTerms extends TermsChange {
  readonly cause?: Cause | undefined;
}

/**
 * Applies changed mandate terms to running payments and replans them, in the transaction of `context`. Existing
 * transactions stay unchanged.
 */
export async function propagateMandateTerms(context: WriteContext, changes: readonly ChangedTerms[]): Promise<void> {
  if (changes.length === 0) return;
  const { tx, merchantId } = context;
  const byMandate = new Map(changes.map((item) => [item.before.id, item]));
  const ids = await findRunningPaymentIds(tx, merchantId, 'mandate_id', [...byMandate.keys()]);
  const payments = [...(await lockPayments(tx, merchantId, ids)).values()];
  const followers = payments.flatMap((payment) => {
    const item = lookUp(byMandate, payment.mandateId);
    const terms = item && propagatedTerms(payment, item);
    return terms ? [{ payment, terms, cause: item.cause }] : [];
  });
  updatePaymentTerms(context, followers);
  planReleases(context, changes);
  planAdjustments(context, changes);
  const moved = new Set(followers.filter(isMoved).map(({ payment }) => payment.id));
  const rescheduled = new Set(changes.filter(isRescheduled).map(({ before }) => before.id));
  const affected = payments.filter(
    ({ id, mandateId }) => moved.has(id) || (mandateId !== null && rescheduled.has(mandateId)),
  );
  await replanPayments(
    context,
    affected.map(({ id }) => id),
  );
}

function isMoved({ payment, terms }: { readonly payment: KnownPayment; readonly terms: PaymentTerms }): boolean {
  return (['processDay', 'interval', 'processDate'] as const).some((name) => terms[name] !== payment[name]);
}

function isRescheduled({ before, after }: ChangedTerms): boolean {
  return (['dateRelease', 'firstDate', 'firstMode'] as const).some((name) => before[name] !== after[name]);
}

function planReleases(context: WriteContext, changes: readonly ChangedTerms[]): void {
  const moved = changes.filter(({ before, after }) => before.dateRelease !== after.dateRelease);
  const ids = moved.map(({ before }) => before.id);
  deleteDueWork(context.tx, context.merchantId, 'COMPLETE_MANDATE', ids);
  const work = moved.flatMap(({ after }) => releaseJobs(after.id, after.dateRelease));
  putDueWork(context, work);
}

/** Plans a check of mandates whose adjustment category has changed. */
function planAdjustments(context: WriteContext, changes: readonly ChangedTerms[]): void {
  const moved = changes.filter(
    ({ before, after }) => before.adjustmentCategory !== after.adjustmentCategory && adjustmentOf(after) !== null,
  );
  const work = moved.map(({ after }) => adjustmentJob(after.id, context.occurredAt));
  putDueWork(context, work);
}
