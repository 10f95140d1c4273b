import type { Queryable } from '../connection/database.ts';
import { type AsText, withSums } from '../connection/sums.ts';

/** Totals of a customer's transactions, in cents. */
export interface CustomerTotals {
  readonly collectedCents: bigint;
  readonly outstandingCents: bigint;
  readonly failedCents: bigint;
  readonly disputedCents: bigint;
  readonly reversedCents: bigint;
}

/** The totals of a customer without transactions. */
export const NO_TOTALS: CustomerTotals = {
  collectedCents: 0n,
  outstandingCents: 0n,
  failedCents: 0n,
  disputedCents: 0n,
  reversedCents: 0n,
};

/** Returns the totals by customer, in one statement. Customers without transactions are absent. */
export async function findCustomerTotals(
  database: Queryable,
  merchantId: string,
  customerIds: readonly string[],
): Promise<ReadonlyMap<string, CustomerTotals>> {
  const rows = await database.query<AsText<CustomerTotals> & { customerId: string }>(
    `SELECT customer_id,
            coalesce(sum(amount_cents) FILTER (WHERE status = 'PAID'), 0)::text AS collected_cents,
            coalesce(sum(amount_cents) FILTER (WHERE status IN ('PENDING', 'SENT_TO_BANK', 'ACCEPTED_BY_BANK', 'NO_RESPONSE', 'IN_TRACKING')), 0)::text AS outstanding_cents,
            coalesce(sum(amount_cents) FILTER (WHERE status IN ('UNPAID', 'REJECTED_BY_API', 'REJECTED_BY_BANK', 'DECLINED')), 0)::text AS failed_cents,
            coalesce(sum(amount_cents) FILTER (WHERE status = 'DISPUTED'), 0)::text AS disputed_cents,
            coalesce(sum(amount_cents) FILTER (WHERE status IN ('REVERSED', 'REFUNDED', 'CHARGEBACK')), 0)::text AS reversed_cents
       FROM transaction WHERE merchant_id = $1 AND customer_id = ANY($2) GROUP BY customer_id`,
    [merchantId, customerIds],
  );
  return new Map(rows.map(({ customerId, ...totals }) => [customerId, withSums<CustomerTotals>(totals)]));
}
