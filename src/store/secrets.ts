import { createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** What one secret is for. Each purpose has its own key, so that none can be used for another. */
export type Purpose = 'api-keys' | 'personal-numbers' | 'blind-index' | 'idempotency' | 'cursors' | 'check';

/** Keys derived from the one SECRET (HKDF-SHA-256). */
export interface Secrets {
  key(purpose: Purpose): Buffer;
  hmac(purpose: Purpose, ...parts: readonly string[]): Buffer;
}

export const SECRET_BYTES = 32;

export function deriveSecrets(secret: Buffer): Secrets {
  const keys = new Map<Purpose, Buffer>();
  const key = (purpose: Purpose): Buffer => {
    const known = keys.get(purpose);
    if (known) return known;
    const made = Buffer.from(hkdfSync('sha256', secret, 'collections-gateway', purpose, 32));
    keys.set(purpose, made);
    return made;
  };
  return {
    key,
    hmac: (purpose, ...parts) => createHmac('sha256', key(purpose)).update(JSON.stringify(parts)).digest(),
  };
}

export function newSecret(): Buffer {
  return randomBytes(SECRET_BYTES);
}
