import type { CivilDate } from '../../domain/dates.ts';
import { OPEN_TRANSACTION_STATUSES } from '../../domain/transaction.ts';
import type { Queryable } from '../connection/database.ts';

/**
 * Transactions that prevent the erasure of a customer: those open or disputed, and those within the retention period.
 */
export interface LedgerHolds {
  readonly open: readonly string[];
  readonly young: readonly string[];
}

/**
 * Returns the holds of customers, by customer: open transactions first, then those with an action date after `since`;
 * at most `limit` per customer, since they are named to a caller.
 */
export async function findLedgerHolds(
  tx: Queryable,
  merchantId: string,
  customerIds: readonly string[],
  since: CivilDate,
  limit: number,
): Promise<ReadonlyMap<string, LedgerHolds>> {
  const rows = await tx.query<{ customerId: string; id: string; isOpen: boolean }>(
    `SELECT customer.id AS customer_id, held.id, held.is_open
       FROM unnest($2::text[]) AS customer(id), LATERAL (
         SELECT id, status = ANY($3::transaction_status[]) AS is_open FROM transaction
          WHERE merchant_id = $1 AND customer_id = customer.id AND (status = ANY($3::transaction_status[]) OR action_date > $4)
          ORDER BY 2 DESC, id LIMIT $5) AS held`,
    [merchantId, customerIds, OPEN, since, limit],
  );
  const idsOf = (customerId: string, isOpen: boolean): string[] =>
    rows.filter((row) => row.customerId === customerId && row.isOpen === isOpen).map(({ id }) => id);
  return new Map(customerIds.map((id) => [id, { open: idsOf(id, true), young: idsOf(id, false) }]));
}

/** Statuses in which a transaction may still be paid or is disputed. */
const OPEN = [...OPEN_TRANSACTION_STATUSES, 'DISPUTED'];

/** Returns which of these customers have a transaction that may still be paid or is disputed. */
export async function findCustomersWithOpenTransactions(
  database: Queryable,
  merchantId: string,
  customerIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await database.query<{ id: string }>(
    `SELECT customer.id FROM unnest($2::text[]) AS customer(id)
      WHERE EXISTS (SELECT FROM transaction
        WHERE merchant_id = $1 AND customer_id = customer.id AND status = ANY($3::transaction_status[]))`,
    [merchantId, customerIds, OPEN],
  );
  return new Set(rows.map(({ id }) => id));
}
