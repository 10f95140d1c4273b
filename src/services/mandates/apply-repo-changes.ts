import { adjusted } from '../../domain/mandate/adjustment.ts';
import { deleteDueWork, putDueWork } from '../../store/due-work/due-work.ts';
import type { DueWork } from '../../store/due-work/kinds.ts';
import { findRepoMandateIds, lockMandates, updateMandates } from '../../store/mandates/mandates.ts';
import { findRepoChanges } from '../../store/mandates/repo-changes.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { propagateMandateTerms } from './propagate-mandate-terms.ts';

/** Maximum number of mandates that one step adjusts. */
const REPO_STEP_SIZE = 1_000;

/**
 * Due job: adjusts the ACTIVE and SUSPENDED mandates of category REPO by a posted repo rate change, at most
 * `REPO_STEP_SIZE` per step in order of id, and plans the next step.
 */
export async function applyRepoChanges(
  context: WriteContext,
  work: ReadonlyArray<DueWork<'REPO_CHANGE'>>,
): Promise<void> {
  const { tx, merchantId } = context;
  const changes = await findRepoChanges(
    tx,
    merchantId,
    work.map(({ subjectId }) => subjectId),
  );
  for (const item of work) {
    const rate = changes.find(({ id }) => id === item.subjectId)?.rate;
    const done = item.details.after ?? '';
    const ids = rate === undefined ? [] : await findRepoMandateIds(tx, merchantId, done, REPO_STEP_SIZE);
    const found = await lockMandates(tx, merchantId, ids);
    // Checked again under the lock: a mandate may have been cancelled or may have changed its category.
    const living = [...found.values()].filter(
      ({ status, adjustmentCategory }) =>
        adjustmentCategory === 'REPO' && (status === 'ACTIVE' || status === 'SUSPENDED'),
    );
    const adjustments = living.map((before) => ({
      before,
      after: { ...before, ...adjusted(before, { rate: rate ?? 0 }) },
    }));
    updateMandates(context, adjustments);
    await propagateMandateTerms(context, adjustments);
    const after = ids.at(-1);
    if (after === undefined) deleteDueWork(tx, merchantId, 'REPO_CHANGE', [item.subjectId]);
    else putDueWork(context, [{ ...item, details: { after } }]);
  }
}
