import { invalid, limitExceeded, type Path, refused, type UserError } from './errors.ts';
import type { Findings } from './findings.ts';

/** Data of the caller, stored and returned unchanged. */
export type Metadata = Readonly<Record<string, unknown>>;

/** Maximum number of top-level keys. */
export const METADATA_KEYS_MAX = 50;
/** Maximum length of a key, in characters. */
export const METADATA_KEY_LENGTH_MAX = 40;
/** Maximum length of a text, in characters. */
export const METADATA_TEXT_LENGTH_MAX = 500;
/** Maximum number of levels of objects and lists, including the metadata object itself. */
export const METADATA_DEPTH_MAX = 3;
/** Maximum size as JSON in UTF-8, in bytes. */
export const METADATA_BYTES_MAX = 16 * 1024;
/** A value and its separator take at least two bytes of JSON. */
const METADATA_VALUES_MAX = METADATA_BYTES_MAX / 2;

/**
 * Returns the metadata with keys in Unicode NFC, or null with the errors in `findings`. The limits of keys and bytes
 * apply to the stored object: see `withinLimits`.
 */
export function parseMetadata(value: unknown, findings: Findings): Metadata | null {
  const { path, errors } = findings;
  if (!isObject(value)) {
    errors.push(invalid(path, 'metadata_object', 'Must be a JSON object.'));
    return null;
  }
  const before = errors.length;
  if (countValues(value, METADATA_VALUES_MAX) > METADATA_VALUES_MAX) {
    errors.push(limitExceeded(path, `Must have at most ${METADATA_BYTES_MAX} bytes as JSON.`, METADATA_BYTES_MAX));
    return null;
  }
  checkValue(value, path, 1, errors);
  return errors.length === before ? withNormalKeys(value) : null;
}

/** Returns the value with its keys in Unicode NFC. The texts were normalised when the request was read. */
function withNormalKeys<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(withNormalKeys) as Value;
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key.normalize('NFC'), withNormalKeys(item)]),
  ) as Value;
}

/**
 * Returns the metadata after a change: it is merged by top-level key, and a null removes its key (DOMAIN T9). Returns
 * null with an error if the result exceeds the limits.
 */
export function mergeMetadata(current: Metadata, change: Metadata, findings: Findings): Metadata | null {
  return withinLimits({ ...current, ...change }, findings);
}

/**
 * Returns the metadata as stored, without null values at the top level; or null with an error if it exceeds the limits.
 */
export function withinLimits(given: Metadata, findings: Findings): Metadata | null {
  const { path, errors } = findings;
  const before = errors.length;
  const metadata = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
  if (Object.keys(metadata).length > METADATA_KEYS_MAX) {
    errors.push(limitExceeded(path, `Must have at most ${METADATA_KEYS_MAX} keys.`, METADATA_KEYS_MAX));
  }
  if (new TextEncoder().encode(JSON.stringify(metadata)).length > METADATA_BYTES_MAX) {
    errors.push(limitExceeded(path, `Must have at most ${METADATA_BYTES_MAX} bytes as JSON.`, METADATA_BYTES_MAX));
  }
  return errors.length === before ? metadata : null;
}

/** Counts the values within a value, and stops once there are more than `max`. */
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
    errors.push(refused('TOO_LONG', path, `Must have at most ${METADATA_TEXT_LENGTH_MAX} characters.`));
  }
  if (typeof value === 'number' && !isExact(value)) {
    errors.push(
      invalid(
        path,
        'exact_number',
        'A number must fit into a double without loss of precision. Send other numbers as text.',
      ),
    );
  }
  if (typeof value !== 'object' || value === null) return;
  if (depth > METADATA_DEPTH_MAX) {
    errors.push(limitExceeded(path, `Must have at most ${METADATA_DEPTH_MAX} levels.`, METADATA_DEPTH_MAX));
    return;
  }
  const keys = new Set<string>();
  for (const [key, item] of Object.entries(value)) {
    const at = [...path, [...key].slice(0, METADATA_KEY_LENGTH_MAX).join('')];
    if (!Array.isArray(value) && (key === '' || key.length > METADATA_KEY_LENGTH_MAX)) {
      errors.push(refused('TOO_LONG', at, `A key must have 1 to ${METADATA_KEY_LENGTH_MAX} characters.`));
      return;
    }
    if (keys.has(key.normalize('NFC'))) {
      errors.push(
        invalid(at, 'unique_key', 'Another key is the same after Unicode normalisation. Remove one of them.'),
      );
      return;
    }
    keys.add(key.normalize('NFC'));
    checkValue(item, at, depth + 1, errors);
  }
}

/** Returns whether a number has kept its value: an integer beyond the safe range has already been rounded. */
function isExact(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}

function isObject(value: unknown): value is Metadata {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
