import { civilDateOf, instantAt } from '../../domain/dates.ts';
import { adjusted, adjustmentDate, adjustmentOf, recounted } from '../../domain/mandate/adjustment.ts';
import type { KnownMandate } from '../../domain/mandate/mandate.ts';
import { putDueWork } from '../../store/due-work/due-work.ts';
import type { DueWork } from '../../store/due-work/kinds.ts';
import { updateMandates } from '../../store/mandates/mandates.ts';
import { findFirstNominalDates } from '../../store/payments/running-payments.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { adjustmentJob, lockSubjects } from './mandate-jobs.ts';
import { propagateMandateTerms } from './propagate-mandate-terms.ts';

/**
 * Due job: applies agreed adjustments to the instalment and maximum of ACTIVE and SUSPENDED mandates and plans the next
 * ones. Adjustments are counted from the first collection, or else from the first date of the first payment.
 */
export async function adjustMandates(context: WriteContext, work: readonly DueWork[]): Promise<void> {
  const { tx, merchantId } = context;
  const today = civilDateOf(context.occurredAt);
  const mandates = await lockSubjects(context, 'ADJUST_MANDATE', work);
  const living = mandates.filter(({ status }) => status === 'ACTIVE' || status === 'SUSPENDED');
  const firstDays = await findFirstNominalDates(
    tx,
    merchantId,
    living.map(({ id }) => id),
  );
  const changes = living.flatMap((before) => {
    const adjustmentAnchor = before.adjustmentAnchor ?? before.firstDate ?? firstDays.get(before.id) ?? null;
    const anchored = recounted(before, { ...before, adjustmentAnchor }, today);
    const adjustment = adjustmentOf(before);
    const date = nextAdjustmentDate(anchored);
    if (!adjustment || date === null) return [];
    if (date > today) return [{ before, after: anchored }];
    return [
      {
        before,
        after: { ...anchored, ...adjusted(anchored, adjustment), adjustmentsMade: anchored.adjustmentsMade + 1 },
      },
    ];
  });
  const written = changes.filter(
    ({ before, after }) =>
      after.adjustmentAnchor !== before.adjustmentAnchor || after.adjustmentsMade !== before.adjustmentsMade,
  );
  updateMandates(context, written);
  await propagateMandateTerms(context, written);
  putDueWork(
    context,
    changes.flatMap(({ after }): DueWork[] => {
      const date = nextAdjustmentDate(after);
      return date ? [adjustmentJob(after.id, instantAt(date))] : [];
    }),
  );
}

function nextAdjustmentDate({ adjustmentCategory, adjustmentAnchor, adjustmentsMade }: KnownMandate): string | null {
  return adjustmentAnchor && adjustmentDate(adjustmentCategory, adjustmentAnchor, adjustmentsMade + 1);
}
