import { canonicalInput } from '../../domain/canonical-input.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { FINGERPRINT_VERSION, type Fingerprints } from '../../store/idempotency.ts';
import type { Secrets } from '../../store/secrets.ts';
import type { BatchRequest } from './batch.ts';

/**
 * Returns HMACs of the arguments and records of a call, which reveal nothing of the input. Calls with the same meaning
 * have equal fingerprints, however their values are spelled. Version 1 hashes the input as written; it is used only for
 * comparison with stored fingerprints of version 1.
 */
export function fingerprint(
  secrets: Secrets,
  { operation, args, mode, records }: Pick<BatchRequest<object>, 'operation' | 'args' | 'mode' | 'records'>,
  version: number = FINGERPRINT_VERSION,
): Fingerprints {
  const isChange = operation.startsWith('update');
  const digest = (value: unknown): string =>
    secrets
      .hmac('idempotency', canonicalJson(version === 1 ? (value ?? null) : canonicalInput(value, isChange)))
      .toString('base64url');
  const said = version === 1 ? { ...args, mode } : (canonicalInput({ ...args, mode }, isChange) as object);
  return {
    version,
    args: Object.fromEntries(Object.entries(said).map(([name, value]) => [name, digest(value)])),
    records: records.map(digest),
  };
}

/** Returns the paths of the arguments, other than records, that differ: `[['batchReference']]`. */
export function differingArguments(before: Fingerprints, now: Fingerprints): string[][] {
  const names = new Set([...Object.keys(before.args), ...Object.keys(now.args)]);
  return [...names].filter((name) => before.args[name] !== now.args[name]).map((name) => [name]);
}

/** Returns the paths of the records that differ, compared by index: `[['records', '3']]`. */
export function differingRecords(before: Fingerprints, now: Fingerprints, field: string): string[][] {
  const count = Math.max(before.records.length, now.records.length);
  return Array.from({ length: count }, (_, index) => index)
    .filter((index) => before.records[index] !== now.records[index])
    .map((index) => [field, String(index)]);
}
