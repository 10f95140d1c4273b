import { isExactDecimal } from '../domain/exact-number.ts';

/** A string, skipped as a whole, or a number. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** Fewer significant digits are exact in a double; an exponent may be out of its range. */
const MAY_BE_INEXACT = /[\d.]{16}|\d[eE]/;
/** A number that every reader of ours refuses at its own place. JSON has no infinity, but a literal that overflows. */
const INEXACT = '1e999';

/**
 * JSON with each number that a double cannot hold exactly replaced by one that is refused wherever it stands: what cannot be kept as it was
 * sent is an error of its record, never another number.
 */
export function markInexactNumbers(json: string): string {
  if (!MAY_BE_INEXACT.test(json)) return json;
  return json.replace(TOKEN, (token) => (token.startsWith('"') || isExactDecimal(token) ? token : INEXACT));
}
