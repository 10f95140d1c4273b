import { isExactDecimal, LENGTH_MAX } from '../../domain/exact-number.ts';

/** Fast check: a number with fewer digits is exact in a double, unless its exponent is out of range. */
const MAY_BE_INEXACT = /[\d.]{16}|\d[eE]/;
/** A literal that every input parser refuses at its own path: it overflows to infinity, which JSON does not have. */
const INEXACT = '1e999';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Returns the JSON text with each number that a double cannot represent exactly replaced by a literal that is refused
 * wherever it appears. The record gets an error instead of a changed number. Takes one pass over any text, as it is
 * untrusted.
 */
export function markInexactNumbers(json: string): string {
  if (!MAY_BE_INEXACT.test(json)) return json;
  const parts: string[] = [];
  let kept = 0;
  for (let at = 0; at < json.length; ) {
    if (json.charCodeAt(at) === QUOTE) {
      at = endOfString(json, at);
      continue;
    }
    const end = endOfNumber(json, at);
    if (end === at) {
      at += 1;
      continue;
    }
    if (isInexact(json, at, end)) {
      parts.push(json.slice(kept, at), INEXACT);
      kept = end;
    }
    at = end;
  }
  return parts.length === 0 ? json : `${parts.join('')}${json.slice(kept)}`;
}

/** Index after the closing quote of the string that begins at `start`; the length of the text when it is not closed. */
function endOfString(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) at += 1;
  }
  return json.length;
}

/**
 * Index after the number that begins at `start` (digits, point, exponent and signs); `start` when none begins there.
 */
function endOfNumber(json: string, start: number): number {
  if (!isDigit(json.charCodeAt(start)) && json[start] !== '-') return start;
  let at = start + 1;
  while (at < json.length && (isDigit(json.charCodeAt(at)) || '.eE+-'.includes(json.charAt(at)))) at += 1;
  return at;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Whether a number loses digits as a double. Text that is not a JSON number is left to the JSON parser to refuse. */
function isInexact(json: string, start: number, end: number): boolean {
  if (end - start > LENGTH_MAX) return true;
  const text = json.slice(start, end);
  return NUMBER.test(text) && !isExactDecimal(text);
}
