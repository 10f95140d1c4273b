import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Secrets } from './secrets.ts';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts a text with the current key (AES-256-GCM). The first byte is the id of the key, for key rotation. The cell, the names of
 * the place that stores it, is authenticated with the ciphertext, so that a ciphertext moved to another place cannot be decrypted.
 */
export function seal(secrets: Secrets, cell: readonly string[], text: string): Buffer {
  const keyId = secrets.numberKeyId;
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', secrets.numberKey(keyId), iv).setAAD(aad(cell));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.from([keyId]), iv, cipher.getAuthTag(), body]);
}

/** Returns the decrypted text. Throws when the bytes were changed or belong to another cell. */
export function unseal(secrets: Secrets, cell: readonly string[], sealed: Buffer): string {
  const iv = sealed.subarray(1, 1 + IV_BYTES);
  const tag = sealed.subarray(1 + IV_BYTES, 1 + IV_BYTES + TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', secrets.numberKey(sealed[0] ?? 0), iv)
    .setAAD(aad(cell))
    .setAuthTag(tag);
  const body = sealed.subarray(1 + IV_BYTES + TAG_BYTES);
  return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
}

function aad(cell: readonly string[]): Buffer {
  return Buffer.from(cell.join('|'));
}
