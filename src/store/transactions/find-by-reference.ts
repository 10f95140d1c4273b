import type { Queryable } from '../connection/database.ts';

/**
 * Returns the id of the transaction with a reference: its own, the bank's, or that of a submission. Of several, the
 * last attempt at the last nominal date is returned; null when there is none.
 */
export async function findTransactionId(
  database: Queryable,
  merchantId: string,
  reference: string,
): Promise<string | null> {
  const [found] = await database.query<{ id: string }>(
    `SELECT id FROM (
       SELECT id, nominal_date, attempt FROM transaction WHERE merchant_id = $1 AND transaction_reference = $2
       UNION ALL
       SELECT id, nominal_date, attempt FROM transaction WHERE merchant_id = $1 AND provider_reference = $2
       UNION ALL
       SELECT own.id, own.nominal_date, own.attempt FROM submission
         JOIN transaction AS own ON own.merchant_id = submission.merchant_id AND own.id = submission.transaction_id
        WHERE submission.merchant_id = $1 AND submission.reference = $2
     ) AS found ORDER BY nominal_date DESC, attempt DESC, id DESC LIMIT 1`,
    [merchantId, reference],
  );
  return found?.id ?? null;
}
