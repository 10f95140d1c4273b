import { seededIds } from '../ids.ts';
import { findClock } from '../merchants/merchants.ts';
import { type Database, type Tx, withTransaction } from './database.ts';

/**
 * A transaction that writes a merchant's data. That of a sandbox with a seed makes its ids from it, and runs alone: the same calls
 * make the same ids.
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

/** From here on a transaction happens at an instant: what its clock shows once it was moved. */
export function setInstant({ ids }: Tx, now: Date): void {
  if ('now' in ids) ids.now = now;
}
