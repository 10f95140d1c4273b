import { invalid, limitExceeded, type Path, refused, type UserError } from './errors.ts';
import type { Findings } from './warnings.ts';

/** Data of the caller's own, kept and returned as it is. */
export type Metadata = Readonly<Record<string, unknown>>;

export const METADATA_KEYS_MAX = 50;
export const METADATA_KEY_LENGTH_MAX = 40;
export const METADATA_TEXT_LENGTH_MAX = 500;
export const METADATA_DEPTH_MAX = 3;
export const METADATA_BYTES_MAX = 16 * 1024;
/** A value and what separates it from the next take two bytes of JSON at least. */
const METADATA_VALUES_MAX = METADATA_BYTES_MAX / 2;

/** A metadata object within its limits, or null with the reason in `errors`. */
export function parseMetadata(value: unknown, findings: Findings): Metadata | null {
  const { path, errors } = findings;
  if (!isObject(value)) {
    errors.push(invalid(path, 'metadata_object', 'Metadata is an object.'));
    return null;
  }
  const before = errors.length;
  if (countValues(value, METADATA_VALUES_MAX) > METADATA_VALUES_MAX) {
    errors.push(limitExceeded(path, `At most ${METADATA_BYTES_MAX} bytes as JSON.`, METADATA_BYTES_MAX));
    return null;
  }
  checkValue(value, path, 1, errors);
  return errors.length === before ? withNormalKeys(value) : null;
}

/** The value with its keys in NFC; the texts are, from the moment they came in. */
function withNormalKeys<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(withNormalKeys) as Value;
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key.normalize('NFC'), withNormalKeys(item)]),
  ) as Value;
}

/** What is kept after a change: key by key, a null removes the key (DOMAIN T9). Or null, when it becomes too much. */
export function mergeMetadata(current: Metadata, change: Metadata, findings: Findings): Metadata | null {
  return withinLimits({ ...current, ...change }, findings);
}

/** Metadata as it is kept, without what is null; or null when there is more of it than is kept. */
export function withinLimits(given: Metadata, findings: Findings): Metadata | null {
  const { path, errors } = findings;
  const before = errors.length;
  const metadata = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
  if (Object.keys(metadata).length > METADATA_KEYS_MAX) {
    errors.push(limitExceeded(path, `At most ${METADATA_KEYS_MAX} keys.`, METADATA_KEYS_MAX));
  }
  if (new TextEncoder().encode(JSON.stringify(metadata)).length > METADATA_BYTES_MAX) {
    errors.push(limitExceeded(path, `At most ${METADATA_BYTES_MAX} bytes as JSON.`, METADATA_BYTES_MAX));
  }
  return errors.length === before ? metadata : null;
}

/** How many values there are in a value; no further than to one more than `max`. */
function countValues(value: unknown, max: number): number {
  if (typeof value !== 'object' || value === null) return 1;
  let count = 1;
  for (const item of Array.isArray(value) ? value : Object.values(value)) {
    if (count > max) break;
    count += countValues(item, max - count);
  }
  return count;
}

function checkValue(value: unknown, path: Path, depth: number, errors: UserError[]): void {
  if (typeof value === 'string' && value.length > METADATA_TEXT_LENGTH_MAX) {
    errors.push(refused('TOO_LONG', path, `At most ${METADATA_TEXT_LENGTH_MAX} characters.`));
  }
  if (typeof value === 'number' && !isExact(value)) {
    errors.push(
      invalid(
        path,
        'exact_number',
        'A number is kept as it is sent only within the precision of a double; send others as text.',
      ),
    );
  }
  if (typeof value !== 'object' || value === null) return;
  if (depth > METADATA_DEPTH_MAX) {
    errors.push(limitExceeded(path, `At most ${METADATA_DEPTH_MAX} levels deep.`, METADATA_DEPTH_MAX));
    return;
  }
  const keys = new Set<string>();
  for (const [key, item] of Object.entries(value)) {
    const at = [...path, [...key].slice(0, METADATA_KEY_LENGTH_MAX).join('')];
    if (!Array.isArray(value) && (key === '' || key.length > METADATA_KEY_LENGTH_MAX)) {
      errors.push(refused('TOO_LONG', at, `A key has 1 to ${METADATA_KEY_LENGTH_MAX} characters.`));
      return;
    }
    if (keys.has(key.normalize('NFC'))) {
      errors.push(invalid(at, 'unique_key', 'Another key differs only in its Unicode normalisation: the two are one.'));
      return;
    }
    keys.add(key.normalize('NFC'));
    checkValue(item, at, depth + 1, errors);
  }
}

/** An integer beyond what is exact is another one already. */
function isExact(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}

function isObject(value: unknown): value is Metadata {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
