/** Size of a JSON text, which decides the cost of parsing it. */
export interface JsonWeight {
  readonly bytes: number;
  /** Upper bound of the number of primitives, arrays and objects. */
  readonly values: number;
  readonly keys: number;
}

/** Maximum numbers of JSON values and keys of a request. */
export interface JsonLimits {
  readonly valuesMax: number;
  readonly keysMax: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;

/** Counts the values and keys of a JSON text in one pass over its bytes, without parsing it. */
export function weighJson(bytes: Uint8Array): JsonWeight {
  let values = 1;
  let keys = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) at = endOfString(bytes, at);
    else if (byte === COMMA || byte === OPEN_ARRAY || byte === OPEN_OBJECT) values += 1;
    else if (byte === COLON) keys += 1;
  }
  return { bytes: bytes.length, values, keys };
}

/** The index of the quote that closes the string opened at `start`, or of the last byte. */
function endOfString(bytes: Uint8Array, start: number): number {
  for (let at = start + 1; at < bytes.length; at += 1) {
    if (bytes[at] === QUOTE) return at;
    if (bytes[at] === BACKSLASH) at += 1;
  }
  return bytes.length - 1;
}

/** Why a text is refused, as a message for the caller; null when it may be parsed. */
export function overweight({ values, keys }: JsonWeight, { valuesMax, keysMax }: JsonLimits): string | null {
  if (values > valuesMax) return `The request has more than ${valuesMax} JSON values; send a smaller request.`;
  return keys > keysMax ? `The request has more than ${keysMax} JSON keys; send a smaller request.` : null;
}

const BYTES_PER_POINT = 4_096;
const VALUES_PER_POINT = 100;

/**
 * Points for parsing a text: one per BYTES_PER_POINT bytes and one per VALUES_PER_POINT values, each rounded down, so
 * that an ordinary query costs nothing.
 */
export function pointsOf({ bytes, values }: Pick<JsonWeight, 'bytes' | 'values'>): number {
  return Math.floor(bytes / BYTES_PER_POINT) + Math.floor(values / VALUES_PER_POINT);
}
