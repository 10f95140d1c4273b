import type { Queryable, Tx } from './connection/database.ts';
import { snakeCase } from './connection/rows.ts';
import { decryptNullable, PERSONAL_NUMBERS, type PersonalNumberField } from './personal-numbers.ts';
import type { Secrets } from './secrets.ts';

/**
 * Returns the decrypted numbers of one field by row id: null for a row without a number, no entry for an unknown row.
 */
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

/** Maximum number of rows that one search finds, and therefore of the audit entries written for it. */
const SHARED_MAX = 1_000;

/** Returns the ids of rows whose number has one of these blind indexes, ascending, at most `SHARED_MAX`. */
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

/** A stored number that is encrypted with a key other than the current one. */
export interface StaleNumber {
  readonly merchantId: string;
  readonly id: string;
  readonly cipher: Buffer;
}

/**
 * Returns the next rows of all merchants whose number is not encrypted with the key `keyId`: after the row `after`,
 * ordered by merchant and id, at most `limit`. The rows are locked for update until the transaction ends.
 */
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

/** Replaces ciphertexts in one statement. The numbers stay the same, so no version changes and no event is written. */
export function replaceCiphers(
  tx: Tx,
  field: PersonalNumberField,
  rows: ReadonlyArray<{ readonly merchantId: string; readonly id: string; readonly cipher: Buffer }>,
): void {
  const { table } = PERSONAL_NUMBERS[field];
  const cipher = `${snakeCase(field)}_cipher`;
  tx.send(
    `UPDATE "${table}" AS old SET ${cipher} = new.cipher
       FROM unnest($1::text[], $2::text[], $3::bytea[]) AS new(merchant_id, id, cipher)
      WHERE old.merchant_id = new.merchant_id AND old.id = new.id`,
    [rows.map((row) => row.merchantId), rows.map((row) => row.id), rows.map((row) => row.cipher)],
  );
}
