import { adjusted } from '../../domain/mandate/adjustment.ts';
import { type DueWork, deleteDueWork, putDueWork } from '../../store/due-work.ts';
import { findRepoMandateIds, lockMandates, updateMandates } from '../../store/mandates/mandates.ts';
import { findRepoChanges } from '../../store/mandates/repo-changes.ts';
import type { WriteContext } from '../../store/write-context.ts';
import { propagateMandateTerms } from './propagate-mandate-terms.ts';

/** So many mandates follow the repo rate in one step; the next step goes on after them. */
const REPO_STEP_SIZE = 1_000;

/** The operator posted a change of the repo rate: mandates that follow it change by it, some at a time. */
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
    // Looked at again under the lock: one may have been cancelled, or follow the rate no more.
    const living = [...found.values()].filter(
      ({ status, adjustmentCategory }) =>
        adjustmentCategory === 'REPO' && (status === 'ACTIVE' || status === 'SUSPENDED'),
    );
    const adjustments = living.map((before) => ({
      before,
      after: { ...before, ...adjusted(before, { rate: rate ?? 0 }) },
    }));
    await updateMandates(context, adjustments);
    await propagateMandateTerms(context, adjustments);
    const after = ids.at(-1);
    if (after === undefined) await deleteDueWork(tx, merchantId, 'REPO_CHANGE', [item.subjectId]);
    else await putDueWork(context, [{ ...item, details: { after } }]);
  }
}
