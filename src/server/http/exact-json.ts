import { isExactDecimal, LENGTH_MAX } from '../../domain/exact-number.ts';

/** Fewer significant digits are exact in a double; an exponent may be out of its range. */
const MAY_BE_INEXACT = /[\d.]{16}|\d[eE]/;
/** A number that every reader of ours refuses at its own place. JSON has no infinity, but a literal that overflows. */
const INEXACT = '1e999';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * JSON with each number that a double cannot hold exactly replaced by one that is refused wherever it stands: what cannot be kept as it was
 * sent is an error of its record, never another number. One pass, whatever the text is: it comes from anybody.
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

/** Behind the closing quote of the string that begins at `start`; the end of the text when there is none. */
function endOfString(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) at += 1;
  }
  return json.length;
}

/** Behind the characters of a number that begins at `start`: digits, point, exponent and signs. */
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

/** What is no number stays: it is no JSON. */
function isInexact(json: string, start: number, end: number): boolean {
  if (end - start > LENGTH_MAX) return true;
  const text = json.slice(start, end);
  return NUMBER.test(text) && !isExactDecimal(text);
}
