import { seededIds } from '../ids.ts';
import { findClock } from '../merchants/merchants.ts';
import { type Database, type Tx, withTransaction } from './database.ts';

/**
 * Runs `work` in a transaction that writes a merchant's data. In a sandbox with a seed, ids are derived from the seed
 * and transactions run one at a time, so that the same calls yield the same ids.
 */
export function withMerchant<Result>(
  database: Database,
  merchantId: string,
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  return withTransaction(database, async (tx) => {
    const [row] = await tx.query<{ seed: string; idsMade: number }>(
      'SELECT seed, ids_made FROM id_seed WHERE merchant_id = $1 FOR UPDATE',
      [merchantId],
    );
    if (!row) return work(tx);
    const ids = seededIds(row.seed, row.idsMade, await findClock(tx, merchantId));
    tx.ids = ids;
    const result = await work(tx);
    if (ids.made > row.idsMade) {
      await tx.query('UPDATE id_seed SET ids_made = $2 WHERE merchant_id = $1', [merchantId, ids.made]);
    }
    return result;
  });
}

/**
 * Sets the instant encoded in the ids of a transaction, after the merchant's clock has moved. No effect without a seed.
 */
export function setInstant({ ids }: Tx, now: Date): void {
  if ('now' in ids) ids.now = now;
}
