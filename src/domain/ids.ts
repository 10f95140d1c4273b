/** The prefix of each kind of id. A prefix and 21 characters; `node(id:)` knows the type by it. */
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
} as const;

export type IdKind = keyof typeof ID_PREFIXES;

/** ASCII order, so that ids compared as bytes sort by creation. */
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const TIME_LENGTH = 8;
const RANDOM_LENGTH = 13;
const ID_PATTERN = /^([a-z]{3})_[0-9A-Za-z]{21}$/;

/** Makes ids that sort by creation: 8 characters of milliseconds, 13 random, counting up within a millisecond. */
export type IdGenerator = (kind: IdKind) => string;

const STEP_BACK_MS_MAX = 60_000;

/** `randomBytes` and `nowMs` are handed in: this folder knows neither a clock nor a source of chance. */
export function createIdGenerator(randomBytes: (count: number) => Uint8Array, nowMs: () => number): IdGenerator {
  let lastMs = -1;
  let digits: number[] = [];
  return (kind) => {
    // A clock that steps back a little must not make ids that sort before those already given; one that was wrong is set right.
    const now = nowMs();
    const ms = lastMs - now < STEP_BACK_MS_MAX ? Math.max(now, lastMs) : now;
    if (ms === lastMs) {
      increment(digits);
    } else {
      digits = Array.from(randomBytes(RANDOM_LENGTH), (byte) => byte % 62);
      digits[0] = (digits[0] ?? 0) % 31; // leaves room to count up
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

/** So many of the 13 characters count in an id made from a seed; the others are made from seed and count. */
const COUNT_LENGTH = 7;

/** An id made from a count and noise, at a time: ids of a later time or a higher count sort behind. */
export function countedId(kind: IdKind, ms: number, count: number, noise: Uint8Array): string {
  const rest = Array.from(noise.slice(0, RANDOM_LENGTH - COUNT_LENGTH), (byte) => BASE62[byte % 62]).join('');
  return `${ID_PREFIXES[kind]}_${encodeTime(ms)}${encodeBase62(count, COUNT_LENGTH)}${rest}`;
}

/** The instant at which an id was made. */
export function instantOfId(id: string): Date {
  const time = id.slice(id.indexOf('_') + 1).slice(0, TIME_LENGTH);
  return new Date([...time].reduce((ms, character) => ms * 62 + BASE62.indexOf(character), 0));
}

/** The kind an id says it is, or null when it is not an id of ours. */
export function kindOfId(id: string): IdKind | null {
  const prefix = ID_PATTERN.exec(id)?.[1];
  const found = Object.entries(ID_PREFIXES).find(([, known]) => known === prefix);
  return found ? (found[0] as IdKind) : null;
}

/** A reference people can read out: upper case, no letters that look like digits. 60 bits for 12 characters. */
export function randomReference(randomBytes: (count: number) => Uint8Array, length: number): string {
  const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  return Array.from(randomBytes(length), (byte) => alphabet[byte % 32]).join('');
}
