import { readFields, type Unvalidated } from './fields.ts';
import type { Findings } from './findings.ts';

/** Maximum length of an external id, in characters. */
export const EXTERNAL_ID_LENGTH_MAX = 64;

/** Returns the validated external id of a new object; null if it has none or an invalid one. */
export function readExternalId(record: Unvalidated, findings: Findings): string | null {
  return readFields(record, findings).text('externalId', { max: EXTERNAL_ID_LENGTH_MAX, isReference: true });
}

/** Returns an external id trimmed, as it is compared with others; null if it is absent. */
export function externalIdOf(record: Unvalidated, name = 'externalId'): string | null {
  const id = record[name] ?? null;
  return id === null ? null : String(id).trim();
}
