import type { Queryable } from './connection/database.ts';

/** A value that is stored in another form than it would come in today, because another row has that form already. */
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

/** Metadata with a key of which another form is there too. */
const METADATA = `SELECT merchant_id, 'customer' AS "table", 'metadata' AS "column", id, metadata::text AS value FROM customer
  WHERE EXISTS (SELECT FROM jsonb_path_query(metadata, '$.** ? (@.type() == "object").keyvalue().key') AS key
                 WHERE (key #>> '{}') IS NOT NFC NORMALIZED)`;

/** Of all merchants; reads each of the tables whole. */
export function findTextCollisions(database: Queryable): Promise<TextCollision[]> {
  const parts = UNIQUE_TEXTS.map(
    ([table, column]) =>
      `SELECT merchant_id, '${table}' AS "table", '${column}' AS "column", id, ${column}::text AS value
         FROM ${table} WHERE ${column}::text IS NOT NFC NORMALIZED`,
  );
  return database.query<TextCollision>(`${[...parts, METADATA].join(' UNION ALL ')} ORDER BY 1, 2, 3, 5`);
}
