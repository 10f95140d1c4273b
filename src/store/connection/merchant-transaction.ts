import { type IdSource, RANDOM_IDS, type SeededIds, seededIds } from '../ids.ts';
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
    const seeding = findSeededIds(tx, merchantId);
    seeding.catch(ignore);
    // The first statements of `work` leave together with the look-up of the seed; their results come after it.
    const own: Tx = {
      ...tx,
      ids: NOT_YET,
      query<Row>(sql: string, values?: readonly unknown[]) {
        const rows = tx.query<Row>(sql, values);
        const answer = seeding.then((ids) => {
          own.ids = ids ?? RANDOM_IDS;
          return rows;
        });
        answer.catch(ignore);
        return answer;
      },
    };
    const result = await work(own);
    const ids = await seeding;
    if (ids && ids.made > ids.madeBefore)
      tx.send('UPDATE id_seed SET ids_made = $2 WHERE merchant_id = $1', [merchantId, ids.made]);
    return result;
  });
}

/** Returns the ids of a sandbox with a seed, which it locks until the transaction ends; null for other merchants. */
async function findSeededIds(tx: Tx, merchantId: string): Promise<SeededIds | null> {
  const [row] = await tx.query<{ seed: string; idsMade: number }>(
    'SELECT seed, ids_made FROM id_seed WHERE merchant_id = $1 FOR UPDATE',
    [merchantId],
  );
  return row ? seededIds(row.seed, row.idsMade, await findClock(tx, merchantId)) : null;
}

/** For results that a caller which fails first leaves unread. */
function ignore(): void {}

/** The ids of a transaction that has read nothing yet. */
const NOT_YET: IdSource = {
  newId: refuse,
  newReference: refuse,
};

function refuse(): never {
  throw new Error('a transaction must wait for a result before it makes an id');
}

/**
 * Sets the instant encoded in the ids of a transaction, after the merchant's clock has moved. No effect without a seed.
 */
export function setInstant({ ids }: Tx, now: Date): void {
  if ('now' in ids) ids.now = now;
}
