import type { Queryable } from './database.ts';

/** What a customer's transactions come to, in cents. */
export interface CustomerTotals {
  readonly collectedCents: number;
  readonly outstandingCents: number;
  readonly failedCents: number;
  readonly disputedCents: number;
  readonly reversedCents: number;
}

export const NO_TOTALS: CustomerTotals = {
  collectedCents: 0,
  outstandingCents: 0,
  failedCents: 0,
  disputedCents: 0,
  reversedCents: 0,
};

/** The totals of customers: one statement. Who has no transactions is absent. */
export async function findCustomerTotals(
  database: Queryable,
  merchantId: string,
  customerIds: readonly string[],
): Promise<ReadonlyMap<string, CustomerTotals>> {
  const rows = await database.query<CustomerTotals & { customerId: string }>(
    `SELECT customer_id,
            coalesce(sum(amount_cents) FILTER (WHERE status = 'PAID'), 0)::bigint AS collected_cents,
            coalesce(sum(amount_cents) FILTER (WHERE status IN ('PENDING', 'SENT_TO_BANK', 'ACCEPTED_BY_BANK', 'NO_RESPONSE', 'IN_TRACKING')), 0)::bigint AS outstanding_cents,
            coalesce(sum(amount_cents) FILTER (WHERE status IN ('UNPAID', 'REJECTED_BY_API', 'REJECTED_BY_BANK', 'DECLINED')), 0)::bigint AS failed_cents,
            coalesce(sum(amount_cents) FILTER (WHERE status = 'DISPUTED'), 0)::bigint AS disputed_cents,
            coalesce(sum(amount_cents) FILTER (WHERE status IN ('REVERSED', 'REFUNDED', 'CHARGEBACK')), 0)::bigint AS reversed_cents
       FROM transaction WHERE merchant_id = $1 AND customer_id = ANY($2) GROUP BY customer_id`,
    [merchantId, customerIds],
  );
  return new Map(rows.map(({ customerId, ...totals }) => [customerId, totals]));
}
