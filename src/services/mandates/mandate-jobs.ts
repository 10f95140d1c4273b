import { addDays, instantAt } from '../../domain/dates.ts';
import type { DueWork } from '../../store/due-work.ts';

/** Looks at the adjustments of a mandate at an instant: the one that is due then, or from which day they are counted. */
export function adjustmentWork(mandateId: string, dueAt: Date): DueWork {
  return { kind: 'ADJUST_MANDATE', subjectId: mandateId, dueAt, details: {} };
}

/** The day after its release date a mandate is over. */
export function releaseWork(mandateId: string, dateRelease: string | null): DueWork[] {
  if (dateRelease === null) return [];
  const dueAt = instantAt(addDays(dateRelease, 1));
  return [{ kind: 'COMPLETE_MANDATE', subjectId: mandateId, dueAt, details: {} }];
}
