import { type CivilDate, dayOfMonthAfter } from '../../domain/dates.ts';
import { monthKey } from '../../domain/submit/submit-context.ts';
import { UNCOLLECTED_STATUSES } from '../../domain/transaction.ts';
import type { Queryable, Tx } from '../connection/database.ts';

/**
 * Returns the amount each method collects by calendar month of the action date, in cents and by `monthKey`, from the
 * month of `from` on. All transactions count except those that collected nothing (DOMAIN §0.1.10).
 */
export async function findCollectedByMonth(
  tx: Queryable,
  merchantId: string,
  methods: ReadonlyArray<{ readonly id: string }>,
  from: CivilDate,
): Promise<ReadonlyMap<string, number>> {
  if (methods.length === 0) return new Map();
  const rows = await tx.query<{ methodId: string; month: CivilDate; cents: number }>(
    `SELECT payment_method_id AS method_id, date_trunc('month', action_date)::date AS month, least(sum(amount_cents), 9e15)::bigint AS cents
       FROM transaction
      WHERE merchant_id = $1 AND payment_method_id = ANY($2) AND action_date >= $3 AND status <> ALL($4::transaction_status[])
      GROUP BY 1, 2`,
    [merchantId, methods.map(({ id }) => id), dayOfMonthAfter(from, 0, 1), UNCOLLECTED_STATUSES],
  );
  return new Map(rows.map(({ methodId, month, cents }) => [monthKey(methodId, month), cents]));
}

/**
 * Locks the monthly limits of these methods until the transaction ends, in the order of their ids. Transactions that
 * check a limit wait for each other.
 */
export function lockLimits(tx: Tx, merchantId: string, methodIds: readonly string[]): void {
  for (const id of [...methodIds].sort()) {
    tx.send("SELECT pg_advisory_xact_lock(hashtextextended('limits ' || $1 || ' ' || $2, 0))", [merchantId, id]);
  }
}
