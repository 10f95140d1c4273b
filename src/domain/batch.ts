import type { UserError } from './errors.ts';

/** A batch has at most so many records. */
export const BATCH_RECORDS_MAX = 1_000;
/** An idempotency key has at most so many characters, and is kept so many days. */
export const IDEMPOTENCY_KEY_LENGTH_MAX = 255;
export const IDEMPOTENCY_KEY_KEPT_DAYS = 30;

export const BATCH_MODES = ['ATOMIC', 'PARTIAL'] as const;
export type BatchMode = (typeof BATCH_MODES)[number];

export const OUTCOMES = ['CREATED', 'FAILED', 'NOT_APPLIED', 'WOULD_CREATE', 'WOULD_FAIL'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What came of one record. `objectId` is null unless the record was written. */
export interface RecordResult {
  readonly index: number;
  readonly clientKey: string | null;
  readonly outcome: Outcome;
  readonly objectId: string | null;
  readonly errors: readonly UserError[];
}

/** The outcome of each record of a call, given which are sound. ATOMIC: one bad record and nothing is applied. */
export function outcomesOf(sound: readonly boolean[], mode: BatchMode, dryRun: boolean): Outcome[] {
  const applies = mode === 'PARTIAL' || sound.every(Boolean);
  return sound.map((isSound) => {
    if (dryRun) return isSound ? 'WOULD_CREATE' : 'WOULD_FAIL';
    if (!isSound) return 'FAILED';
    return applies ? 'CREATED' : 'NOT_APPLIED';
  });
}
