import type { UserError } from '../domain/errors.ts';
import { parseText } from '../domain/fields.ts';
import { requestError } from './pipeline/request-error.ts';

const REASON_LENGTH_MAX = 256;

/** Why a caller does something: trimmed, or the refusal of the call. */
export function readReason(reason: string | null | undefined): string | null {
  if (reason === null || reason === undefined) return null;
  const errors: UserError[] = [];
  const text = parseText(reason, { max: REASON_LENGTH_MAX, joiners: true }, ['reason'], errors);
  const [error] = errors;
  if (error) throw requestError('BAD_REQUEST', error.message, [['reason']]);
  return text;
}
