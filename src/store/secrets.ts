import { createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** Purpose of a derived key. Each purpose has its own key, so that no key can be used for another purpose. */
export type Purpose =
  | 'api-keys'
  | 'blind-index'
  | 'idempotency'
  | 'cursors'
  | 'tickets'
  | 'page-cursors'
  | 'webhooks'
  | 'check';

/** Keys derived from SECRET by HKDF-SHA-256. */
export interface Secrets {
  /** Returns the HMAC-SHA-256 of `parts` with the key of `purpose`. */
  hmac(purpose: Purpose, ...parts: readonly string[]): Buffer;
  /** Id of the key that encrypts personal numbers now, 1 to 255. Every node learns of a change within seconds. */
  numberKeyId: number;
  /** Returns a key for personal numbers by id. Every node can derive every key, so any node can decrypt any number. */
  numberKey(id: number): Buffer;
}

/** Length of SECRET in bytes. */
export const SECRET_BYTES = 32;
/** Id of the first key for personal numbers. */
export const FIRST_NUMBER_KEY = 1;

/** Returns the keys derived from `secret`. Each key is derived on first use and kept in memory. */
export function deriveSecrets(secret: Buffer): Secrets {
  const keys = new Map<string, Buffer>();
  const key = (info: string): Buffer => {
    const known = keys.get(info);
    if (known) return known;
    const made = Buffer.from(hkdfSync('sha256', secret, 'collections-gateway', info, 32));
    keys.set(info, made);
    return made;
  };
  return {
    hmac: (purpose, ...parts) => createHmac('sha256', key(purpose)).update(JSON.stringify(parts)).digest(),
    numberKeyId: FIRST_NUMBER_KEY,
    numberKey: (id) => key(id === FIRST_NUMBER_KEY ? 'personal-numbers' : `personal-numbers ${id}`),
  };
}

/** Returns a new random secret of `SECRET_BYTES` bytes. */
export function newSecret(): Buffer {
  return randomBytes(SECRET_BYTES);
}
