import type { Queryable } from './connection/database.ts';

/** A stored value that is not in Unicode form NFC, because another row or metadata key already has its NFC form. */
export interface TextCollision {
  readonly merchantId: string;
  readonly table: string;
  readonly column: string;
  readonly id: string;
  readonly value: string;
}

const UNIQUE_TEXTS = [
  ['customer', 'reference'],
  ['mandate', 'contract_reference'],
  ['payment', 'transaction_reference'],
  ['card', 'token'],
] as const;

/** Metadata with a key that is not in Unicode form NFC. */
const METADATA = `SELECT merchant_id, 'customer' AS "table", 'metadata' AS "column", id, metadata::text AS value FROM customer
  WHERE EXISTS (SELECT FROM jsonb_path_query(metadata, '$.** ? (@.type() == "object").keyvalue().key') AS key
                 WHERE (key #>> '{}') IS NOT NFC NORMALIZED)`;

/** Returns the collisions of all merchants, ordered by merchant, table, column and value. Scans each table. */
export function findTextCollisions(database: Queryable): Promise<TextCollision[]> {
  const parts = UNIQUE_TEXTS.map(
    ([table, column]) =>
      `SELECT merchant_id, '${table}' AS "table", '${column}' AS "column", id, ${column}::text AS value
         FROM ${table} WHERE ${column}::text IS NOT NFC NORMALIZED`,
  );
  return database.query<TextCollision>(`${[...parts, METADATA].join(' UNION ALL ')} ORDER BY 1, 2, 3, 5`);
}
