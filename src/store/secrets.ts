import { createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** What one secret is for. Each purpose has its own key, so that none can be used for another. */
export type Purpose = 'api-keys' | 'blind-index' | 'idempotency' | 'cursors' | 'tickets' | 'page-cursors' | 'check';

/** Keys derived from the one SECRET (HKDF-SHA-256). */
export interface Secrets {
  hmac(purpose: Purpose, ...parts: readonly string[]): Buffer;
  /** The key with which personal numbers are written now, 1 to 255. Every node learns of a new one within seconds. */
  numberKeyId: number;
  /** A key of personal numbers. Any node can make any of them: a number is readable whoever wrote it. */
  numberKey(id: number): Buffer;
}

export const SECRET_BYTES = 32;
export const FIRST_NUMBER_KEY = 1;

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

export function newSecret(): Buffer {
  return randomBytes(SECRET_BYTES);
}
