import type { Queryable } from './connection/database.ts';
import { snakeCase } from './connection/database.ts';
import { decryptNullable, PERSONAL_NUMBERS, type PersonalNumberField } from './personal-numbers.ts';
import type { Secrets } from './secrets.ts';

/** Whole numbers of one field, by the row they are in; null where there is none, absent where there is no such row. */
export async function findPersonalNumbers(
  tx: Queryable,
  secrets: Secrets,
  merchantId: string,
  field: PersonalNumberField,
  rowIds: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const { table } = PERSONAL_NUMBERS[field];
  const rows = await tx.query<{ id: string; cipher: Buffer | null }>(
    `SELECT id, ${snakeCase(field)}_cipher AS cipher FROM "${table}" WHERE merchant_id = $1 AND id = ANY($2)`,
    [merchantId, rowIds],
  );
  return new Map(
    rows.map(({ id, cipher }) => [id, decryptNullable(secrets, { merchantId, field, rowId: id }, cipher)]),
  );
}

/** A number that many rows share is accounted for with so many of them. */
const SHARED_MAX = 1_000;

/** The ids of the rows that have one of these numbers, by what is stored of them for comparison. */
export async function findByIndexes(
  database: Queryable,
  merchantId: string,
  field: PersonalNumberField,
  indexes: readonly Buffer[],
): Promise<string[]> {
  const { table } = PERSONAL_NUMBERS[field];
  const rows = await database.query<{ id: string }>(
    `SELECT id FROM ${table} WHERE merchant_id = $1 AND ${snakeCase(field)}_index = ANY($2) ORDER BY id LIMIT $3`,
    [merchantId, indexes, SHARED_MAX],
  );
  return rows.map(({ id }) => id);
}

/** A stored number under a key that is not the current one. */
export interface StaleNumber {
  readonly merchantId: string;
  readonly id: string;
  readonly cipher: Buffer;
}

/** Locks the next numbers of one field, of all merchants, that were written with another key: those after a place. */
export async function lockStaleNumbers(
  tx: Queryable,
  field: PersonalNumberField,
  keyId: number,
  after: Pick<StaleNumber, 'merchantId' | 'id'>,
  limit: number,
): Promise<readonly StaleNumber[]> {
  const { table } = PERSONAL_NUMBERS[field];
  const cipher = `${snakeCase(field)}_cipher`;
  return tx.query(
    `SELECT merchant_id, id, ${cipher} AS cipher FROM "${table}"
      WHERE (merchant_id, id) > ($2, $3) AND length(${cipher}) > 0 AND get_byte(${cipher}, 0) <> $1
      ORDER BY merchant_id, id LIMIT $4 FOR UPDATE`,
    [keyId, after.merchantId, after.id, limit],
  );
}

/** Replaces ciphertexts. The number is the same: neither version nor event tells of it. */
export async function replaceCiphers(
  tx: Queryable,
  field: PersonalNumberField,
  rows: ReadonlyArray<{ readonly merchantId: string; readonly id: string; readonly cipher: Buffer }>,
): Promise<void> {
  const { table } = PERSONAL_NUMBERS[field];
  const cipher = `${snakeCase(field)}_cipher`;
  await tx.query(
    `UPDATE "${table}" AS old SET ${cipher} = new.cipher
       FROM unnest($1::text[], $2::text[], $3::bytea[]) AS new(merchant_id, id, cipher)
      WHERE old.merchant_id = new.merchant_id AND old.id = new.id`,
    [rows.map((row) => row.merchantId), rows.map((row) => row.id), rows.map((row) => row.cipher)],
  );
}
