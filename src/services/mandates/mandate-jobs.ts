import { addDays, instantAt } from '../../domain/dates.ts';
import type { KnownMandate } from '../../domain/mandate/mandate.ts';
import { type DueWork, deleteDueWork } from '../../store/due-work.ts';
import { lockMandates } from '../../store/mandates/mandates.ts';
import type { WriteContext } from '../../store/write-context.ts';

/** Looks at the adjustments of a mandate at an instant: the one that is due then, or from which day they are counted. */
export function adjustmentJob(mandateId: string, dueAt: Date): DueWork {
  return { kind: 'ADJUST_MANDATE', subjectId: mandateId, dueAt, details: {} };
}

/** The day after its release date a mandate is over. */
export function releaseJobs(mandateId: string, dateRelease: string | null): DueWork[] {
  if (dateRelease === null) return [];
  const dueAt = instantAt(addDays(dateRelease, 1));
  return [{ kind: 'COMPLETE_MANDATE', subjectId: mandateId, dueAt, details: {} }];
}

/** The mandates of pieces of work, locked; the work is taken as done. */
export async function lockSubjects(
  context: WriteContext,
  kind: DueWork['kind'],
  work: readonly DueWork[],
): Promise<readonly KnownMandate[]> {
  const ids = work.map(({ subjectId }) => subjectId);
  const mandates = await lockMandates(context.tx, context.merchantId, ids);
  await deleteDueWork(context.tx, context.merchantId, kind, ids);
  return [...mandates.values()];
}
