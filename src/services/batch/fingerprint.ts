import { canonicalJson } from '../../domain/canonical-json.ts';
import { understood } from '../../domain/understood.ts';
import { FINGERPRINT_VERSION, type Fingerprints } from '../../store/idempotency.ts';
import type { Secrets } from '../../store/secrets.ts';
import type { BatchRequest } from './batch.ts';

/**
 * HMACs of what a call asks: nothing of the input can be read from them, and two calls that ask for the same have the same, however they
 * are written. Those of version 1 were made of the input as it was written; they are compared with their like for as long as they are kept.
 */
export function fingerprint(
  secrets: Secrets,
  { operation, args, mode, records }: Pick<BatchRequest<object>, 'operation' | 'args' | 'mode' | 'records'>,
  version: number = FINGERPRINT_VERSION,
): Fingerprints {
  const isChange = operation.startsWith('update');
  const digest = (value: unknown): string =>
    secrets
      .hmac('idempotency', canonicalJson(version === 1 ? (value ?? null) : understood(value, isChange)))
      .toString('base64url');
  const said = version === 1 ? { ...args, mode } : (understood({ ...args, mode }, isChange) as object);
  return {
    version,
    args: Object.fromEntries(Object.entries(said).map(([name, value]) => [name, digest(value)])),
    records: records.map(digest),
  };
}

/** The arguments, besides the records, in which two calls differ: `[['batchReference']]`. */
export function differingArguments(before: Fingerprints, now: Fingerprints): string[][] {
  const names = new Set([...Object.keys(before.args), ...Object.keys(now.args)]);
  return [...names].filter((name) => before.args[name] !== now.args[name]).map((name) => [name]);
}

/** The records in which two calls differ, by place. */
export function differingRecords(before: Fingerprints, now: Fingerprints, field: string): string[][] {
  const count = Math.max(before.records.length, now.records.length);
  return Array.from({ length: count }, (_, index) => index)
    .filter((index) => before.records[index] !== now.records[index])
    .map((index) => [field, String(index)]);
}
