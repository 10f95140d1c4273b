/** Prefix of each kind of id. An id is the prefix, `_` and 21 characters; `node(id:)` finds the type by the prefix. */
export const ID_PREFIXES = {
  merchant: 'mer',
  apiKey: 'key',
  customer: 'cus',
  bankAccount: 'ban',
  mandate: 'man',
  payment: 'pay',
  transaction: 'tra',
  paymentMethod: 'pam',
  event: 'evt',
  lookup: 'loo',
  card: 'crd',
  auditEntry: 'aud',
  repoChange: 'rep',
  deposit: 'dep',
  webhookEndpoint: 'whk',
  webhookDelivery: 'whd',
  batch: 'bat',
  quarantinedAnswer: 'qua',
  settlement: 'set',
  settlementEntry: 'sen',
} as const;

/** Kind of object that an id identifies. */
export type IdKind = keyof typeof ID_PREFIXES;

/** Base 62 digits in ASCII order, so that ids compared as bytes sort by creation. */
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const TIME_LENGTH = 8;
const RANDOM_LENGTH = 13;
const ID_PATTERN = /^([a-z]{3})_[0-9A-Za-z]{21}$/;

/**
 * Returns a new id. Ids sort by creation: 8 characters are milliseconds, 13 are random and incremented within a
 * millisecond.
 */
export type IdGenerator = (kind: IdKind) => string;

/** The clock may step back by less than this many milliseconds without effect on the order of ids. */
const STEP_BACK_MS_MAX = 60_000;

/**
 * Returns an id generator. `randomBytes` and `nowMs` are injected, because the domain has neither a clock nor a random
 * source.
 */
export function createIdGenerator(randomBytes: (count: number) => Uint8Array, nowMs: () => number): IdGenerator {
  let lastMs = -1;
  let digits: number[] = [];
  return (kind) => {
    // After a small step back of the clock, new ids must still sort after earlier ones; a large step is a correction
    // and is followed.
    const now = nowMs();
    const ms = lastMs - now < STEP_BACK_MS_MAX ? Math.max(now, lastMs) : now;
    if (ms === lastMs) {
      increment(digits);
    } else {
      digits = Array.from(randomBytes(RANDOM_LENGTH), (byte) => byte % 62);
      digits[0] = (digits[0] ?? 0) % 31; // leaves room for increments
      lastMs = ms;
    }
    return `${ID_PREFIXES[kind]}_${encodeTime(ms)}${digits.map((digit) => BASE62[digit]).join('')}`;
  };
}

function increment(digits: number[]): void {
  for (let at = digits.length - 1; at >= 0; at -= 1) {
    const next = (digits[at] ?? 0) + 1;
    digits[at] = next % 62;
    if (next < 62) return;
  }
}

function encodeTime(ms: number): string {
  return encodeBase62(ms, TIME_LENGTH);
}

function encodeBase62(value: number, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest = Math.floor(rest / 62)) text = BASE62[rest % 62] + text;
  return text;
}

/** In a seeded id, this many of the 13 characters are the count; the others are noise. */
const COUNT_LENGTH = 7;

/** Returns the id for a time in milliseconds, a count and noise; it sorts by time, then by count. */
export function countedId(kind: IdKind, ms: number, count: number, noise: Uint8Array): string {
  const rest = Array.from(noise.slice(0, RANDOM_LENGTH - COUNT_LENGTH), (byte) => BASE62[byte % 62]).join('');
  return `${ID_PREFIXES[kind]}_${encodeTime(ms)}${encodeBase62(count, COUNT_LENGTH)}${rest}`;
}

/** Returns the instant at which an id was created, in milliseconds precision. */
export function instantOfId(id: string): Date {
  const time = id.slice(id.indexOf('_') + 1).slice(0, TIME_LENGTH);
  return new Date([...time].reduce((ms, character) => ms * 62 + BASE62.indexOf(character), 0));
}

/** Returns the kind that the prefix of an id names, or null if the text is not an id of the gateway. */
export function kindOfId(id: string): IdKind | null {
  const prefix = ID_PATTERN.exec(id)?.[1];
  const found = Object.entries(ID_PREFIXES).find(([, known]) => known === prefix);
  return found ? (found[0] as IdKind) : null;
}

/**
 * Returns a random reference that is easy to read out: upper case, without I, L, O and U. Each character has 5 bits.
 */
export function randomReference(randomBytes: (count: number) => Uint8Array, length: number): string {
  const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  return Array.from(randomBytes(length), (byte) => alphabet[byte % 32]).join('');
}
