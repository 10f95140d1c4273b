import { type CivilDate, dayOfMonthAfter } from '../../domain/dates.ts';
import { monthKey } from '../../domain/submit/submit-context.ts';
import { UNCOLLECTED_STATUSES } from '../../domain/transaction.ts';
import type { Queryable, Tx } from '../connection/database.ts';

/**
 * What methods collect in each calendar month from that of a day on, by `monthKey`: all transactions but those that took nothing
 * (DOMAIN §0.1.10). A pay-in is not collected: it comes by itself.
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

/** Until this transaction ends nobody else judges what fits into the limits of these methods. In the order of their ids. */
export async function lockLimits(tx: Tx, merchantId: string, methodIds: readonly string[]): Promise<void> {
  for (const id of [...methodIds].sort()) {
    await tx.query("SELECT pg_advisory_xact_lock(hashtextextended('limits ' || $1 || ' ' || $2, 0))", [merchantId, id]);
  }
}
