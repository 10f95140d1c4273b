import type { Path, UserError } from './errors.ts';
import type { ScheduledCollection } from './payment/preview.ts';
import type { Warning } from './warnings.ts';

/** Maximum number of records in a batch. */
export const BATCH_RECORDS_MAX = 1_000;
/** Maximum length of an idempotency key, in characters. */
export const IDEMPOTENCY_KEY_LENGTH_MAX = 255;
/** Number of days for which an idempotency key and its results are kept. */
export const IDEMPOTENCY_KEY_KEPT_DAYS = 30;
/** Maximum length of the client key of a record, in characters. */
export const CLIENT_KEY_LENGTH_MAX = 255;
/** Maximum number of ids in a list of affected or blocking objects. */
export const NAMED_IDS_MAX = 100;

/** All batch modes: ATOMIC writes all records or none, PARTIAL writes the valid ones. */
export const BATCH_MODES = ['ATOMIC', 'PARTIAL'] as const;
/** How a batch treats its valid records when other records fail. */
export type BatchMode = (typeof BATCH_MODES)[number];

/** All outcomes of a record; those that start with WOULD_ occur in dry runs only. */
export const OUTCOMES = [
  'CREATED',
  'UPDATED',
  'UNCHANGED',
  'FAILED',
  'NOT_APPLIED',
  'WOULD_CREATE',
  'WOULD_UPDATE',
  'WOULD_FAIL',
] as const;
/** The outcome of one record of a batch. */
export type Outcome = (typeof OUTCOMES)[number];
/** The outcome of a valid record when it is applied. */
export type SoundOutcome = 'CREATED' | 'UPDATED' | 'UNCHANGED';

const DRY_OUTCOMES = { CREATED: 'WOULD_CREATE', UPDATED: 'WOULD_UPDATE', UNCHANGED: 'UNCHANGED' } as const;
const SUCCEEDED: ReadonlySet<Outcome> = new Set(['CREATED', 'UPDATED', 'UNCHANGED', 'WOULD_CREATE', 'WOULD_UPDATE']);
const FAILED: ReadonlySet<Outcome> = new Set(['FAILED', 'WOULD_FAIL']);

/** Other objects that a change affects or leaves unchanged. Each list has at most `NAMED_IDS_MAX` ids. */
export interface Affected {
  readonly paymentIds: readonly string[];
  readonly mandateIds: readonly string[];
  readonly untouchedMandateIds: readonly string[];
  /** Whether a list was cut off. */
  readonly truncated: boolean;
}

/** The result of one record. `objectId` is null unless the outcome is CREATED, UPDATED or UNCHANGED. */
export interface RecordResult {
  readonly index: number;
  readonly clientKey: string | null;
  readonly outcome: Outcome;
  readonly objectId: string | null;
  readonly errors: readonly UserError[];
  readonly warnings: readonly Warning[];
  readonly affected: Affected | null;
  /** The collection that the record schedules, also in a dry run; absent if it schedules none. */
  readonly collection?: ScheduledCollection | null | undefined;
}

/** A record of a batch and its path in the input, for example `['records', '3']`. */
export interface BatchItem<Record> {
  readonly record: Record;
  readonly path: Path;
}

/** The decision on one record: a plan and its outcome, or every reason why the record fails. */
export type Decision<Plan> = SoundDecision<Plan> | RefusedDecision;
/** The decision on a valid record. */
export interface SoundDecision<Plan> {
  readonly plan: Plan;
  readonly outcome: SoundOutcome;
  /** Id of the existing object; null if the record creates one. */
  readonly objectId: string | null;
  readonly warnings: readonly Warning[];
  readonly affected: Affected | null;
  readonly collection?: ScheduledCollection | null | undefined;
}
/** The decision on an invalid record: every error found. */
export interface RefusedDecision {
  readonly plan: null;
  readonly errors: readonly UserError[];
}

/**
 * Returns the outcome of each record, in order. A null element of `sound` stands for an invalid record; in ATOMIC mode,
 * one such record makes every valid record NOT_APPLIED. A dry run reports each record independently of the others.
 */
export function outcomesOf(sound: ReadonlyArray<SoundOutcome | null>, mode: BatchMode, dryRun: boolean): Outcome[] {
  const applies = mode === 'PARTIAL' || sound.every((outcome) => outcome !== null);
  return sound.map((outcome) => {
    if (outcome === null) return dryRun ? 'WOULD_FAIL' : 'FAILED';
    if (dryRun) return DRY_OUTCOMES[outcome];
    return applies ? outcome : 'NOT_APPLIED';
  });
}

/** Returns the number of records that succeeded or, in a dry run, would succeed. */
export function countSucceeded(results: readonly RecordResult[]): number {
  return results.filter(({ outcome }) => SUCCEEDED.has(outcome)).length;
}

/** Returns the number of records that failed or, in a dry run, would fail; NOT_APPLIED is not a failure. */
export function countFailed(results: readonly RecordResult[]): number {
  return results.filter(({ outcome }) => FAILED.has(outcome)).length;
}

/** Returns the first `NAMED_IDS_MAX` ids, and whether the list was cut off. */
export function nameIds(ids: readonly string[]): { readonly ids: readonly string[]; readonly truncated: boolean } {
  return { ids: ids.slice(0, NAMED_IDS_MAX), truncated: ids.length > NAMED_IDS_MAX };
}
