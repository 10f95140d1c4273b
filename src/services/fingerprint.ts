import type { Fingerprints } from '../store/idempotency.ts';
import type { Secrets } from '../store/secrets.ts';

/** HMACs of what a call asked: nothing of the input can be read from them, and the same input gives the same. */
export function fingerprint(secrets: Secrets, args: object, records: readonly object[]): Fingerprints {
  const digest = (value: unknown): string => secrets.hmac('idempotency', canonical(value)).toString('base64url');
  return {
    args: digest(args),
    records: records.map(digest),
  };
}

/** Where two calls differ: the records by number, and the call's own arguments as one, at the empty path. */
export function differingPaths(before: Fingerprints, now: Fingerprints): string[][] {
  const count = Math.max(before.records.length, now.records.length);
  const records = Array.from({ length: count }, (_, index) => index).filter(
    (index) => before.records[index] !== now.records[index],
  );
  return [...(before.args === now.args ? [] : [[]]), ...records.map((index) => ['records', String(index)])];
}

/** JSON with sorted keys and without absent ones: equal for equal inputs. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    item !== null && typeof item === 'object' && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
