import type { Total } from '../domain/batch-progress.ts';
import type { PaymentStatus } from '../domain/payment/state-machine.ts';
import type { TransactionStatus } from '../domain/transaction.ts';
import type { Queryable } from './connection/database.ts';
import { insertRows } from './connection/insert-rows.ts';
import type { WriteContext } from './write-context.ts';

/** Records a batch reference when it is submitted for the first time. */
export function recordBatch({ tx, merchantId }: WriteContext, reference: string): void {
  insertRows(tx, 'batch', [{ merchantId, id: tx.ids.newId('batch'), reference }], 'ON CONFLICT DO NOTHING');
}

/** Totals of the payments and of the transactions of a batch by status, those with most objects first. */
export interface BatchTotals {
  readonly payments: ReadonlyArray<Total<PaymentStatus>>;
  readonly transactions: ReadonlyArray<Total<TransactionStatus>>;
}

/** Returns the totals of batches by their references. */
export async function findBatchTotals(
  database: Queryable,
  merchantId: string,
  references: readonly string[],
): Promise<ReadonlyMap<string, BatchTotals>> {
  const rows = await database.query<{ reference: string; of: 'payments' | 'transactions' } & TextTotal>(
    `SELECT batch_reference AS reference, 'payments' AS of, status::text AS key, count(*), sum(amount_cents)::text AS amount
       FROM payment WHERE merchant_id = $1 AND batch_reference = ANY($2) GROUP BY batch_reference, status
     UNION ALL
     SELECT batch_reference, 'transactions', status::text, count(*), sum(amount_cents)::text
       FROM transaction WHERE merchant_id = $1 AND batch_reference = ANY($2) GROUP BY batch_reference, status
      ORDER BY count DESC, key`,
    [merchantId, references],
  );
  const found = new Map(
    references.map((reference) => [reference, { payments: [] as Total[], transactions: [] as Total[] }]),
  );
  for (const { reference, of, key, count, amount } of rows) {
    found.get(reference)?.[of].push({ key, count, amountCents: BigInt(amount) });
  }
  return found as ReadonlyMap<string, BatchTotals>;
}

interface TextTotal {
  readonly key: string;
  readonly count: number;
  readonly amount: string;
}
