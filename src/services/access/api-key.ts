import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { MerchantMode } from '../../domain/merchant.ts';

/** The prefix lets secret scanners recognise keys in logs and repositories. */
const PREFIX = 'cgk_';
const KEY_BYTES = 32;
const CHECKSUM_LENGTH = 6;

/** The part of a key that shows what it can reach. Keys of earlier versions have none. */
const MODES: Readonly<Record<MerchantMode, string>> = { SANDBOX: 'test_', LIVE: 'live_' };

/**
 * Returns a new API key of a merchant in `mode`: prefix, mode, 256 random bits, and a checksum of the mode and the bits;
 * 58 characters of `[A-Za-z0-9_-]`.
 */
export function newApiKey(mode: MerchantMode): string {
  const body = `${MODES[mode]}${randomBytes(KEY_BYTES).toString('base64url')}`;
  return `${PREFIX}${body}${checksum(body)}`;
}

/**
 * Whether a text is a well-formed API key. A key with the prefix must have a valid checksum, so that a mistyped key
 * costs no query. Keys without the prefix are chosen by the operator, for example for a demo.
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
