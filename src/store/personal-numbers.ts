import { bytes } from './connection/insert-rows.ts';
import { seal, unseal } from './sealed-text.ts';
import type { Secrets } from './secrets.ts';

/** Tables and columns of the personal numbers by field. */
export const PERSONAL_NUMBERS = {
  accountNumber: { table: 'bank_account', column: 'account_number' },
  idNumber: { table: 'customer', column: 'id_number' },
  taxNumber: { table: 'customer', column: 'tax_number' },
} as const;
/** A field that holds a personal number. */
export type PersonalNumberField = keyof typeof PERSONAL_NUMBERS;

/**
 * The cell that stores a number. It is authenticated with the ciphertext, so that a ciphertext moved to another row,
 * column or merchant cannot be decrypted.
 */
export interface Cell {
  readonly merchantId: string;
  readonly field: PersonalNumberField;
  readonly rowId: string;
}

/** Maximum number of trailing characters stored in clear text; never more than half of the number. */
const LAST_DIGITS = 4;

/** The stored form of a number: ciphertext, blind index, and the last characters in clear text. */
export interface StoredNumber {
  readonly cipher: Buffer;
  readonly index: Buffer;
  readonly last4: string;
}

/** Returns the stored form of a number, encrypted with the current key. */
export function storeNumber(secrets: Secrets, cell: Cell, number: string): StoredNumber {
  return {
    cipher: encryptNumber(secrets, cell, number),
    index: blindIndex(secrets, cell.merchantId, cell.field, number),
    last4: number.slice(number.length - Math.min(LAST_DIGITS, Math.floor(number.length / 2))),
  };
}

/** Returns the three columns of a number as `insertRows` takes them; all are null when the number is null. */
export function numberColumns(secrets: Secrets, cell: Cell, number: string | null): Record<string, string | null> {
  const stored = number === null ? null : storeNumber(secrets, cell, number);
  return {
    [`${cell.field}Cipher`]: stored && bytes(stored.cipher),
    [`${cell.field}Index`]: stored && bytes(stored.index),
    [`${cell.field}Last4`]: stored?.last4 ?? null,
  };
}

/** Returns the blind index of a number, for equality filters: equal numbers of a merchant have equal indexes. */
export function blindIndex(secrets: Secrets, merchantId: string, field: PersonalNumberField, number: string): Buffer {
  return secrets.hmac('blind-index', merchantId, PERSONAL_NUMBERS[field].column, comparable(field, number));
}

/** Removes what does not distinguish numbers: case, spaces, slashes, and the leading zeros of account numbers. */
function comparable(field: PersonalNumberField, number: string): string {
  const compact = number.replaceAll(/[\s/]/g, '').toUpperCase();
  return field === 'accountNumber' ? compact.replace(/^0+/, '') : compact;
}

/** Encrypts a number with the current key. The first byte is the id of the key, for key rotation. */
export function encryptNumber(secrets: Secrets, cell: Cell, text: string): Buffer {
  return seal(secrets, placeOf(cell), text);
}

/** Returns the decrypted number. Throws when the bytes were changed or belong to another cell. */
export function decryptNumber(secrets: Secrets, cell: Cell, stored: Buffer): string {
  return unseal(secrets, placeOf(cell), stored);
}

/** Returns the decrypted number, or null for a column that is null or empty. */
export function decryptNullable(secrets: Secrets, cell: Cell, stored: Buffer | null): string | null {
  return stored === null || stored.length === 0 ? null : decryptNumber(secrets, cell, stored);
}

function placeOf({ field, rowId, merchantId }: Cell): readonly string[] {
  const { table, column } = PERSONAL_NUMBERS[field];
  return [table, column, rowId, merchantId];
}
