import type { Queryable } from '../connection/database.ts';

/**
 * Returns the merchants to which a connector sent something under these references, by reference. A reference that more than one
 * merchant has, which no random reference does, is absent.
 */
export async function findMerchantsOfReferences(
  database: Queryable,
  connectorId: string,
  references: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await database.query<{ reference: string; merchantId: string }>(
    `SELECT reference, min(merchant_id) AS merchant_id FROM (
       SELECT reference, merchant_id FROM submission
        WHERE connector_id = $1 AND connector_id <> 'sandbox' AND reference = ANY($2)
       UNION ALL
       SELECT reference, merchant_id FROM mandate_request
        WHERE connector_id = $1 AND connector_id <> 'sandbox' AND reference = ANY($2)) AS sent
      GROUP BY reference HAVING count(DISTINCT merchant_id) = 1`,
    [connectorId, [...new Set(references)]],
  );
  return new Map(rows.map(({ reference, merchantId }) => [reference, merchantId]));
}

/** A pay-in method whose account a deposit was made to. */
export interface PayInMethod {
  readonly merchantId: string;
  readonly paymentMethodId: string;
}

/** Returns the pay-in methods of a connector by the number of their account without leading zeros. Shared accounts are absent. */
export async function findPayInMethods(
  database: Queryable,
  connectorId: string,
  accountNumbers: readonly string[],
): Promise<ReadonlyMap<string, PayInMethod>> {
  const rows = await database.query<PayInMethod & { accountNumber: string }>(
    `SELECT account_number, min(merchant_id) AS merchant_id, min(id) AS payment_method_id FROM (
       SELECT merchant_id, id, ltrim(pay_in_account->>'accountNumber', '0') AS account_number FROM payment_method
        WHERE connector_id = $1 AND type = 'PAY_IN') AS method
      WHERE account_number = ANY($2) GROUP BY account_number HAVING count(*) = 1`,
    [connectorId, [...new Set(accountNumbers)]],
  );
  return new Map(rows.map(({ accountNumber, ...method }) => [accountNumber, method]));
}
