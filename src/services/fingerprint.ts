import { canonicalJson } from '../domain/canonical-json.ts';
import type { Fingerprints } from '../store/idempotency.ts';
import type { Secrets } from '../store/secrets.ts';

/** HMACs of what a call asked: nothing of the input can be read from them, and the same input gives the same. */
export function fingerprint(secrets: Secrets, args: object, records: readonly object[]): Fingerprints {
  const digest = (value: unknown): string =>
    secrets.hmac('idempotency', canonicalJson(value ?? null)).toString('base64url');
  return {
    args: Object.fromEntries(Object.entries(args).map(([name, value]) => [name, digest(value)])),
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
