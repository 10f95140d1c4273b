import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { bytes } from './connection/insert-rows.ts';
import type { Secrets } from './secrets.ts';

/** The columns that hold personal numbers, and the tables they are in. */
export const PERSONAL_NUMBERS = {
  accountNumber: { table: 'bank_account', column: 'account_number' },
  idNumber: { table: 'customer', column: 'id_number' },
  taxNumber: { table: 'customer', column: 'tax_number' },
} as const;
export type PersonalNumberField = keyof typeof PERSONAL_NUMBERS;

/** Names the cell a number is in: it cannot be moved to another row, column or merchant unnoticed. */
export interface Cell {
  readonly merchantId: string;
  readonly field: PersonalNumberField;
  readonly rowId: string;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Of a short number less is shown than of a long one: never more than half. */
const LAST_DIGITS = 4;

/** What is stored of a number: ciphertext, blind index, and its end in clear. */
export interface StoredNumber {
  readonly cipher: Buffer;
  readonly index: Buffer;
  readonly last4: string;
}

export function storeNumber(secrets: Secrets, cell: Cell, number: string): StoredNumber {
  return {
    cipher: encryptNumber(secrets, cell, number),
    index: blindIndex(secrets, cell.merchantId, cell.field, number),
    last4: number.slice(number.length - Math.min(LAST_DIGITS, Math.floor(number.length / 2))),
  };
}

/** The three columns of a number, as `insertRows` takes them; all null for none. */
export function numberColumns(secrets: Secrets, cell: Cell, number: string | null): Record<string, string | null> {
  const stored = number === null ? null : storeNumber(secrets, cell, number);
  return {
    [`${cell.field}Cipher`]: stored && bytes(stored.cipher),
    [`${cell.field}Index`]: stored && bytes(stored.index),
    [`${cell.field}Last4`]: stored?.last4 ?? null,
  };
}

/** For filters by equality: the same number of the same merchant has the same index. */
export function blindIndex(secrets: Secrets, merchantId: string, field: PersonalNumberField, number: string): Buffer {
  return secrets.hmac('blind-index', merchantId, PERSONAL_NUMBERS[field].column, comparable(field, number));
}

/** Numbers that differ only in how they are written are equal: case, spaces and slashes, and leading zeros of an account. */
function comparable(field: PersonalNumberField, number: string): string {
  const compact = number.replaceAll(/[\s/]/g, '').toUpperCase();
  return field === 'accountNumber' ? compact.replace(/^0+/, '') : compact;
}

/** The number under the current key. Its id is the first byte, so that keys can follow one another. */
export function encryptNumber(secrets: Secrets, cell: Cell, text: string): Buffer {
  const keyId = secrets.numberKeyId;
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', secrets.numberKey(keyId), iv).setAAD(aad(cell));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.from([keyId]), iv, cipher.getAuthTag(), body]);
}

/** The whole number. Throws when the bytes were changed or moved from their cell. */
export function decryptNumber(secrets: Secrets, cell: Cell, stored: Buffer): string {
  const iv = stored.subarray(1, 1 + IV_BYTES);
  const tag = stored.subarray(1 + IV_BYTES, 1 + IV_BYTES + TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', secrets.numberKey(stored[0] ?? 0), iv)
    .setAAD(aad(cell))
    .setAuthTag(tag);
  const body = stored.subarray(1 + IV_BYTES + TAG_BYTES);
  return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
}

/** The same of a column that may be empty. */
export function decryptNullable(secrets: Secrets, cell: Cell, stored: Buffer | null): string | null {
  return stored === null || stored.length === 0 ? null : decryptNumber(secrets, cell, stored);
}

function aad({ field, rowId, merchantId }: Cell): Buffer {
  const { table, column } = PERSONAL_NUMBERS[field];
  return Buffer.from([table, column, rowId, merchantId].join('|'));
}
