import { addDays, instantAt } from '../../domain/dates.ts';
import type { KnownMandate } from '../../domain/mandate/mandate.ts';
import { deleteDueWork } from '../../store/due-work/due-work.ts';
import type { DueWork } from '../../store/due-work/kinds.ts';
import { lockMandates } from '../../store/mandates/mandates.ts';
import type { WriteContext } from '../../store/write-context.ts';

/** Returns the job that applies a due adjustment of a mandate, or sets the date from which adjustments are counted. */
export function adjustmentJob(mandateId: string, dueAt: Date): DueWork {
  return { kind: 'ADJUST_MANDATE', subjectId: mandateId, dueAt, details: {} };
}

/** Returns the job that completes a mandate on the day after its release date; empty without one. */
export function releaseJobs(mandateId: string, dateRelease: string | null): DueWork[] {
  if (dateRelease === null) return [];
  const dueAt = instantAt(addDays(dateRelease, 1));
  return [{ kind: 'COMPLETE_MANDATE', subjectId: mandateId, dueAt, details: {} }];
}

/** Locks and returns the mandates of due jobs, and deletes the jobs. */
export async function lockSubjects(
  context: WriteContext,
  kind: DueWork['kind'],
  work: readonly DueWork[],
): Promise<readonly KnownMandate[]> {
  const ids = work.map(({ subjectId }) => subjectId);
  const mandates = await lockMandates(context.tx, context.merchantId, ids);
  deleteDueWork(context.tx, context.merchantId, kind, ids);
  return [...mandates.values()];
}
