import { LOST_STATUSES, OPEN_TRANSACTION_STATUSES } from '../../domain/transaction.ts';
import type { Queryable } from '../connection/database.ts';
import { type AsText, withSums } from '../connection/sums.ts';

/** Totals of a payment's transactions, in cents. */
export interface PaymentTotals {
  readonly collectedCount: number;
  readonly collectedCents: bigint;
  readonly outstandingCents: bigint;
  readonly lostCents: bigint;
}

/** The totals of a payment without transactions. */
export const NO_PAYMENT_TOTALS: PaymentTotals = {
  collectedCount: 0,
  collectedCents: 0n,
  outstandingCents: 0n,
  lostCents: 0n,
};

/** Returns the totals by payment from its current transactions, in one statement. Payments without any are absent. */
export async function findPaymentTotals(
  database: Queryable,
  merchantId: string,
  paymentIds: readonly string[],
): Promise<ReadonlyMap<string, PaymentTotals>> {
  const rows = await database.query<AsText<PaymentTotals> & { paymentId: string }>(
    `SELECT payment_id,
            count(*) FILTER (WHERE status = 'PAID') AS collected_count,
            coalesce(sum(amount_cents) FILTER (WHERE status = 'PAID'), 0)::text AS collected_cents,
            coalesce(sum(amount_cents) FILTER (WHERE status = ANY($3::transaction_status[])), 0)::text AS outstanding_cents,
            coalesce(sum(amount_cents) FILTER (WHERE charged_at IS NOT NULL AND status = ANY($4::transaction_status[])), 0)::text AS lost_cents
       FROM transaction WHERE merchant_id = $1 AND payment_id = ANY($2) GROUP BY payment_id`,
    [merchantId, paymentIds, OPEN_TRANSACTION_STATUSES, LOST_STATUSES],
  );
  return new Map(rows.map(({ paymentId, ...totals }) => [paymentId, withSums<PaymentTotals>(totals)]));
}
