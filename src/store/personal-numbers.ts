import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Secrets } from './secrets.ts';

/** Names the cell a number is in: it cannot be moved to another row, column or merchant unnoticed. */
export interface Cell {
  readonly merchantId: string;
  readonly table: 'customer' | 'bank_account';
  readonly column: string;
  readonly rowId: string;
}

/** First byte of what is stored: which key it was written with. */
const KEY_ID = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Of a short number less is shown than of a long one: never more than half. */
const LAST_DIGITS = 4;

/** What is stored of an account, identity or tax number: ciphertext, blind index, and its end in clear. */
export interface StoredNumber {
  readonly cipher: Buffer;
  readonly index: Buffer;
  readonly last4: string;
}

export function storeNumber(secrets: Secrets, cell: Cell, number: string): StoredNumber {
  return {
    cipher: encrypt(secrets, cell, number),
    index: blindIndex(secrets, cell.merchantId, cell.column, number),
    last4: number.slice(number.length - Math.min(LAST_DIGITS, Math.floor(number.length / 2))),
  };
}

/** For filters by equality: the same number of the same merchant has the same index. */
export function blindIndex(secrets: Secrets, merchantId: string, column: string, number: string): Buffer {
  return secrets.hmac('blind-index', merchantId, column, comparable(column, number));
}

/** Numbers that differ only in how they are written are equal: case and spaces, and leading zeros of an account. */
function comparable(column: string, number: string): string {
  const compact = number.replaceAll(/\s/g, '').toUpperCase();
  return column === 'account_number' ? compact.replace(/^0+/, '') : compact;
}

function encrypt(secrets: Secrets, cell: Cell, text: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', secrets.key('personal-numbers'), iv).setAAD(aad(cell));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.from([KEY_ID]), iv, cipher.getAuthTag(), body]);
}

/** The whole number. Throws when the bytes were changed or moved from their cell. */
export function decryptNumber(secrets: Secrets, cell: Cell, stored: Buffer): string {
  const iv = stored.subarray(1, 1 + IV_BYTES);
  const tag = stored.subarray(1 + IV_BYTES, 1 + IV_BYTES + TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', secrets.key('personal-numbers'), iv)
    .setAAD(aad(cell))
    .setAuthTag(tag);
  const body = stored.subarray(1 + IV_BYTES + TAG_BYTES);
  return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
}

function aad(cell: Cell): Buffer {
  return Buffer.from([cell.table, cell.column, cell.rowId, cell.merchantId].join('|'));
}
