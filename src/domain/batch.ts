import type { Path, UserError } from './errors.ts';
import type { ScheduledCollection } from './payment/preview.ts';
import type { Warning } from './warnings.ts';

/** A batch has at most so many records. */
export const BATCH_RECORDS_MAX = 1_000;
/** An idempotency key has at most so many characters, and is kept so many days. */
export const IDEMPOTENCY_KEY_LENGTH_MAX = 255;
export const IDEMPOTENCY_KEY_KEPT_DAYS = 30;
export const CLIENT_KEY_LENGTH_MAX = 255;
/** A list of what a change touched, or of what stands in its way, names at most so many. */
export const NAMED_IDS_MAX = 100;

export const BATCH_MODES = ['ATOMIC', 'PARTIAL'] as const;
export type BatchMode = (typeof BATCH_MODES)[number];

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
export type Outcome = (typeof OUTCOMES)[number];
/** What becomes of a sound record when it is applied. */
export type SoundOutcome = 'CREATED' | 'UPDATED' | 'UNCHANGED';

const DRY_OUTCOMES = { CREATED: 'WOULD_CREATE', UPDATED: 'WOULD_UPDATE', UNCHANGED: 'UNCHANGED' } as const;
const SUCCEEDED: ReadonlySet<Outcome> = new Set(['CREATED', 'UPDATED', 'UNCHANGED', 'WOULD_CREATE', 'WOULD_UPDATE']);
const FAILED: ReadonlySet<Outcome> = new Set(['FAILED', 'WOULD_FAIL']);

/** Which other objects a change reaches, and which it leaves as they are. Each list names at most 100. */
export interface Affected {
  readonly paymentIds: readonly string[];
  readonly mandateIds: readonly string[];
  readonly untouchedMandateIds: readonly string[];
  readonly truncated: boolean;
}

/** What came of one record. `objectId` is null unless the record was written, or found as it should be. */
export interface RecordResult {
  readonly index: number;
  readonly clientKey: string | null;
  readonly outcome: Outcome;
  readonly objectId: string | null;
  readonly errors: readonly UserError[];
  readonly warnings: readonly Warning[];
  readonly affected: Affected | null;
  /** The collection that the record plans, in a dry run too; absent where it plans none. */
  readonly collection?: ScheduledCollection | null | undefined;
}

/** A record of a call and where it stands in the input: `['records', '3']`. */
export interface BatchItem<Record> {
  readonly record: Record;
  readonly path: Path;
}

/** What was decided of one record: a plan and what becomes of it, or every reason why not. */
export type Decision<Plan> = SoundDecision<Plan> | RefusedDecision;
export interface SoundDecision<Plan> {
  readonly plan: Plan;
  readonly outcome: SoundOutcome;
  /** Of the object there is already; null when it is to be made. */
  readonly objectId: string | null;
  readonly warnings: readonly Warning[];
  readonly affected: Affected | null;
  readonly collection?: ScheduledCollection | null | undefined;
}
export interface RefusedDecision {
  readonly plan: null;
  readonly errors: readonly UserError[];
}

/** The outcome of each record, given what a sound one would become; null is one that is not. ATOMIC: all or nothing. */
export function outcomesOf(sound: ReadonlyArray<SoundOutcome | null>, mode: BatchMode, dryRun: boolean): Outcome[] {
  const applies = mode === 'PARTIAL' || sound.every((outcome) => outcome !== null);
  return sound.map((outcome) => {
    if (outcome === null) return dryRun ? 'WOULD_FAIL' : 'FAILED';
    if (dryRun) return DRY_OUTCOMES[outcome];
    return applies ? outcome : 'NOT_APPLIED';
  });
}

export function countSucceeded(results: readonly RecordResult[]): number {
  return results.filter(({ outcome }) => SUCCEEDED.has(outcome)).length;
}

export function countFailed(results: readonly RecordResult[]): number {
  return results.filter(({ outcome }) => FAILED.has(outcome)).length;
}

/** At most as many ids as are named, and whether there are more. */
export function nameIds(ids: readonly string[]): { readonly ids: readonly string[]; readonly truncated: boolean } {
  return { ids: ids.slice(0, NAMED_IDS_MAX), truncated: ids.length > NAMED_IDS_MAX };
}
