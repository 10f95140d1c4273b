import type { RecordResult } from '../../domain/batch.ts';
import type { Fingerprints, IdempotencyRecord } from '../../store/idempotency.ts';
import type { BatchRequest } from './batch.ts';
import { differingArguments, differingRecords } from './fingerprint.ts';

/** What an earlier call with the same key leaves to do. */
export type Replay =
  /** It was another call: where the two differ. */
  | { readonly kind: 'REUSED'; readonly paths: ReadonlyArray<readonly string[]> }
  /** It was this call. */
  | { readonly kind: 'WHOLE'; readonly results: readonly RecordResult[] }
  /** It wrote some of these records: those by their place now; the others are still to be done. */
  | { readonly kind: 'PART'; readonly written: ReadonlyMap<number, RecordResult> };

/**
 * Compares a call with the one that had its key before. In PARTIAL, with a client key on every record, records are told
 * apart by it: those written must be the same and are answered as they were, the others are free to be corrected.
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
    if (keys.indexOf(key) !== keys.lastIndexOf(key)) return; // refused as standing twice
    const found = before.get(key);
    if (!found || !wasWritten(found.result)) return;
    const isSame = earlier.fingerprints.records[found.at] === now.records[index];
    if (isSame) written.set(index, atPlace(found.result, index));
    else paths.push([request.field, String(index)]);
  });
  return paths.length > 0 ? { kind: 'REUSED', paths } : { kind: 'PART', written };
}

/** What is kept after a call that did what an earlier one with its key had left: the written records of both. */
export function mergeOutcomes(
  earlier: IdempotencyRecord,
  results: readonly RecordResult[],
  now: Fingerprints,
): { readonly outcomes: readonly RecordResult[]; readonly records: readonly string[] } {
  // What an earlier call has written is kept, whatever a later one says about its key.
  const replaced = (before: RecordResult): boolean =>
    results.some((result) => result.clientKey === before.clientKey && (wasWritten(result) || !wasWritten(before)));
  const kept = earlier.outcomes.flatMap((result, at) => (replaced(result) ? [] : [{ result, at }]));
  return {
    outcomes: [...kept.map(({ result }) => result), ...results],
    records: [...kept.map(({ at }) => earlier.fingerprints.records[at] ?? ''), ...now.records],
  };
}

/** A result as it is answered where its record stands now. */
function atPlace(result: RecordResult, index: number): RecordResult {
  const moved = ([field = '', , ...rest]: readonly string[]): string[] => [field, String(index), ...rest];
  return { ...result, index, warnings: result.warnings.map((item) => ({ ...item, path: moved(item.path) })) };
}

/** What was found to be as asked already was not written, and may be asked otherwise. */
function wasWritten({ outcome }: RecordResult): boolean {
  return outcome === 'CREATED' || outcome === 'UPDATED';
}

function hasAll(keys: ReadonlyArray<string | null>): boolean {
  return keys.every((key) => key !== null);
}
