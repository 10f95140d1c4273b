import type { PartyStatuses } from '../../domain/payment/actions.ts';
import type { Queryable, Tx } from '../connection/database.ts';

/** Objects that a payment depends on, with their columns. They are locked in this order, as a submission locks them. */
const PARTIES = [
  ['customer', 'customer_id'],
  ['bank_account', 'bank_account_id'],
  ['mandate', 'mandate_id'],
] as const;

/** Locks the customers, bank accounts and mandates of payments FOR SHARE until the transaction ends. */
export function lockParties(tx: Tx, merchantId: string, paymentIds: readonly string[]): void {
  for (const [table, column] of PARTIES) {
    tx.send(
      `SELECT FROM ${table} WHERE merchant_id = $1
          AND id IN (SELECT ${column} FROM payment WHERE merchant_id = $1 AND id = ANY($2)) ORDER BY id FOR SHARE`,
      [merchantId, paymentIds],
    );
  }
}

/** Returns the statuses of the objects that payments depend on, by payment. */
export async function findPartyStatuses(
  database: Queryable,
  merchantId: string,
  paymentIds: readonly string[],
): Promise<ReadonlyMap<string, PartyStatuses>> {
  const rows = await database.query<PartyStatuses & { id: string }>(
    `SELECT payment.id, payment.customer_id, customer.status AS customer_status, customer.is_blacklisted,
            payment.bank_account_id, account.status AS account_status, payment.mandate_id, mandate.status AS mandate_status,
            mandate.process_date IS NOT NULL AS is_mandate_one_time, mandate.authority_withdrawn_at,
            mandate.authority_withdrawn_code, mandate.authority_withdrawn_reason,
            payment.payment_method_id, method.is_enabled AS is_method_enabled
       FROM payment
       JOIN customer ON customer.merchant_id = payment.merchant_id AND customer.id = payment.customer_id
       JOIN payment_method AS method ON method.merchant_id = payment.merchant_id AND method.id = payment.payment_method_id
       LEFT JOIN bank_account AS account ON account.merchant_id = payment.merchant_id AND account.id = payment.bank_account_id
       LEFT JOIN mandate ON mandate.merchant_id = payment.merchant_id AND mandate.id = payment.mandate_id
      WHERE payment.merchant_id = $1 AND payment.id = ANY($2)`,
    [merchantId, paymentIds],
  );
  return new Map(rows.map(({ id, ...standing }) => [id, standing]));
}
