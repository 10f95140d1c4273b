import type { Queryable } from './database.ts';

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
  ['customer', 'metadata'],
] as const;

/** Of all merchants; reads each of the tables whole. */
export function findTextCollisions(database: Queryable): Promise<TextCollision[]> {
  const parts = UNIQUE_TEXTS.map(
    ([table, column]) =>
      `SELECT merchant_id, '${table}' AS "table", '${column}' AS "column", id, ${column}::text AS value
         FROM ${table} WHERE ${column}::text IS NOT NFC NORMALIZED`,
  );
  return database.query<TextCollision>(`${parts.join(' UNION ALL ')} ORDER BY 1, 2, 3, 5`);
}
