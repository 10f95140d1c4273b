import type { RecordResult } from '../../domain/batch.ts';
import type { Fingerprints, IdempotencyRecord } from '../../store/idempotency.ts';
import type { BatchRequest } from './batch.ts';
import { differingArguments, differingRecords } from './fingerprint.ts';

/** The relation between a call and the earlier call with its idempotency key. */
export type Replay =
  /** The earlier call was different: input paths where the two differ. */
  | { readonly kind: 'REUSED'; readonly paths: ReadonlyArray<readonly string[]> }
  /** The earlier call was the same; its results are returned. */
  | { readonly kind: 'WHOLE'; readonly results: readonly RecordResult[] }
  /** The earlier call wrote some of these records, by their current index; the others still have to be processed. */
  | { readonly kind: 'PART'; readonly written: ReadonlyMap<number, RecordResult> };

/**
 * Compares a call with the earlier call that used its idempotency key. In PARTIAL mode with a client key on every
 * record, records are matched by client key: written records must be unchanged and keep their results; the others may
 * be corrected.
 */
export function replayOf(
  earlier: IdempotencyRecord,
  request: BatchRequest<{ readonly clientKey?: string | null | undefined }>,
  now: Fingerprints,
): Replay {
  if (earlier.operation !== request.operation) return { kind: 'REUSED', paths: [] };
  const paths = differingArguments(earlier.fingerprints, now);
  const keys = request.records.map(({ clientKey }) => clientKey ?? null);
  const isResumable =
    request.mode === 'PARTIAL' && hasAll(keys) && hasAll(earlier.outcomes.map((item) => item.clientKey));
  if (!isResumable) {
    paths.push(...differingRecords(earlier.fingerprints, now, request.field));
    return paths.length > 0 ? { kind: 'REUSED', paths } : { kind: 'WHOLE', results: earlier.outcomes };
  }
  const written = new Map<number, RecordResult>();
  const before = new Map(earlier.outcomes.map((result, at) => [result.clientKey, { result, at }]));
  keys.forEach((key, index) => {
    if (keys.indexOf(key) !== keys.lastIndexOf(key)) return; // Duplicate client keys are refused later.
    const found = before.get(key);
    if (!found || !wasWritten(found.result)) return;
    const isSame = earlier.fingerprints.records[found.at] === now.records[index];
    if (isSame) written.set(index, atPlace(found.result, index));
    else paths.push([request.field, String(index)]);
  });
  return paths.length > 0 ? { kind: 'REUSED', paths } : { kind: 'PART', written };
}

/** Returns what to store after a call that completed an earlier one with its key: the written records of both. */
export function mergeOutcomes(
  earlier: IdempotencyRecord,
  results: readonly RecordResult[],
  now: Fingerprints,
): { readonly outcomes: readonly RecordResult[]; readonly records: readonly string[] } {
  // A record that the earlier call wrote is kept unless this call wrote the same client key.
  const replaced = (before: RecordResult): boolean =>
    results.some((result) => result.clientKey === before.clientKey && (wasWritten(result) || !wasWritten(before)));
  const kept = earlier.outcomes.flatMap((result, at) => (replaced(result) ? [] : [{ result, at }]));
  return {
    outcomes: [...kept.map(({ result }) => result), ...results],
    records: [...kept.map(({ at }) => earlier.fingerprints.records[at] ?? ''), ...now.records],
  };
}

/** Returns a result with its index and warning paths moved to the current index of its record. */
function atPlace(result: RecordResult, index: number): RecordResult {
  const moved = ([field = '', , ...rest]: readonly string[]): string[] => [field, String(index), ...rest];
  return { ...result, index, warnings: result.warnings.map((item) => ({ ...item, path: moved(item.path) })) };
}

/** Whether the record was written. UNCHANGED records were not, so a later call may change them. */
function wasWritten({ outcome }: RecordResult): boolean {
  return outcome === 'CREATED' || outcome === 'UPDATED';
}

function hasAll(keys: ReadonlyArray<string | null>): boolean {
  return keys.every((key) => key !== null);
}
