import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** By its prefix a key is found where it should not be: in logs, in code, by scanners of repositories. */
const PREFIX = 'cgk_';
const KEY_BYTES = 32;
const CHECKSUM_LENGTH = 6;

/** A new key: 256 random bits and a checksum, 53 characters of `[A-Za-z0-9_-]`. */
export function newApiKey(): string {
  const body = randomBytes(KEY_BYTES).toString('base64url');
  return `${PREFIX}${body}${checksum(body)}`;
}

/**
 * Whether a text can be a key: one with our prefix has to have our checksum, so that a mistyped key costs no query. A key
 * without the prefix is one that was chosen by hand, for a demo.
 */
export function canBeApiKey(text: string): boolean {
  if (!/^[A-Za-z0-9_-]{32,128}$/.test(text)) return false;
  if (!text.startsWith(PREFIX)) return true;
  const body = text.slice(PREFIX.length, -CHECKSUM_LENGTH);
  return text.endsWith(checksum(body));
}

function checksum(body: string): string {
  return crc32(body)
    .toString(36)
    .padStart(CHECKSUM_LENGTH + 1, '0')
    .slice(-CHECKSUM_LENGTH);
}
