import { parseText } from '../domain/fields.ts';
import { Findings } from '../domain/findings.ts';
import { requestError } from './pipeline/request-error.ts';

/** Maximum length of the reason of a call, in characters. */
export const REASON_LENGTH_MAX = 256;

/** Returns the trimmed reason of a call, or null if it is absent. Throws BAD_REQUEST if it is invalid. */
export function readReason(reason: string | null | undefined): string | null {
  if (reason === null || reason === undefined) return null;
  const findings = new Findings(['reason']);
  const text = parseText(reason, { max: REASON_LENGTH_MAX, joiners: true }, findings);
  const [error] = findings.errors;
  if (error) throw requestError('BAD_REQUEST', error.message, [['reason']]);
  return text;
}
