import type { RunningPayment } from '../domain/customer/change-rules.ts';
import { RUNNING_STATUSES } from '../domain/payment.ts';
import type { Queryable } from './database.ts';

/**
 * The running payments of customers or of bank accounts, by owner. Of each owner at most `limit` of a status and a kind of
 * method: rules ask for these, and callers are named no more. Whoever has locked the owner knows that no more will come before the transaction ends.
 */
export async function findRunningPayments(
  tx: Queryable,
  merchantId: string,
  owner: 'customer_id' | 'bank_account_id',
  ids: readonly string[],
  limit: number,
): Promise<ReadonlyMap<string, readonly RunningPayment[]>> {
  const rows = await tx.query<RunningPayment & { ownerId: string; nth: number }>(
    `SELECT owner.id AS owner_id, payment.*
       FROM unnest($2::text[]) AS owner(id), LATERAL (
         SELECT payment.id, payment.status, customer_id, bank_account_id, method.type AS method_type,
                row_number() OVER (PARTITION BY payment.status, method.type ORDER BY payment.id) AS nth
           FROM payment
           JOIN payment_method AS method ON method.merchant_id = payment.merchant_id AND method.id = payment.payment_method_id
          WHERE payment.merchant_id = $1 AND payment.${owner} = owner.id AND payment.status IN (${RUNNING})) AS payment
      WHERE nth <= $3 ORDER BY payment.id`,
    [merchantId, ids, limit],
  );
  const groups = new Map<string, RunningPayment[]>(ids.map((id) => [id, []]));
  for (const { ownerId, nth: _nth, ...payment } of rows) groups.get(ownerId)?.push(payment);
  return groups;
}

/** As literals: the partial index on running payments serves no parameter. */
const RUNNING = RUNNING_STATUSES.map((status) => `'${status}'`).join(', ');

/** The ids of every payment of customers that is not over. */
export async function findRunningPaymentIds(
  tx: Queryable,
  merchantId: string,
  customerIds: readonly string[],
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `SELECT id FROM payment WHERE merchant_id = $1 AND customer_id = ANY($2) AND status IN (${RUNNING})`,
    [merchantId, customerIds],
  );
  return rows.map(({ id }) => id);
}

/** Which of these customers have a payment that is not over. */
export async function findCustomersWithRunningPayments(
  database: Queryable,
  merchantId: string,
  customerIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await database.query<{ id: string }>(
    `SELECT customer.id FROM unnest($2::text[]) AS customer(id)
      WHERE EXISTS (SELECT FROM payment WHERE merchant_id = $1 AND customer_id = customer.id AND status IN (${RUNNING}))`,
    [merchantId, customerIds],
  );
  return new Set(rows.map(({ id }) => id));
}
