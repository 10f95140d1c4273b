import type { Taken } from '../domain/uniqueness.ts';
import type { Queryable } from './connection/database.ts';

/** Tables whose rows may have an external id, unique per merchant and table. */
export type ExternalTable = 'customer' | 'bank_account' | 'mandate' | 'payment';

/** Returns the objects of a table that have these external ids, by external id. */
export async function findByExternalId(
  tx: Queryable,
  merchantId: string,
  table: ExternalTable,
  externalIds: readonly string[],
): Promise<Taken> {
  if (externalIds.length === 0) return new Map();
  const rows = await tx.query<{ externalId: string; id: string }>(
    `SELECT external_id, id FROM ${table} WHERE merchant_id = $1 AND external_id = ANY($2)`,
    [merchantId, externalIds],
  );
  return new Map(rows.map(({ externalId, id }) => [externalId, { id }]));
}
