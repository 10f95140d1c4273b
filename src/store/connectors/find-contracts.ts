import type { Queryable } from '../connection/database.ts';

/** Returns the reference of the latest request to a connector about the mandate of a contract, by contract reference. */
export async function findRequestsOfContracts(
  database: Queryable,
  connectorId: string,
  contractReferences: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await database.query<{ contractReference: string; reference: string }>(
    `SELECT DISTINCT ON (mandate.contract_reference) mandate.contract_reference, request.reference
       FROM connector_merchant AS allowed
       JOIN mandate ON mandate.merchant_id = allowed.merchant_id AND mandate.contract_reference = ANY($2)
       JOIN mandate_request AS request ON request.merchant_id = mandate.merchant_id AND request.mandate_id = mandate.id
        AND request.connector_id = allowed.connector_id
      WHERE allowed.connector_id = $1
      ORDER BY mandate.contract_reference, request.kind = 'INITIATE' DESC, request.send_at DESC`,
    [connectorId, contractReferences],
  );
  return new Map(rows.map(({ contractReference, reference }) => [contractReference, reference]));
}

/** What a settlement needs of a debit: its merchant and payment method. */
export interface SettledDebit {
  readonly merchantId: string;
  readonly paymentMethodId: string;
}

/** Returns the debits that a connector sent under these references, by reference. */
export async function findDebitsOfReferences(
  database: Queryable,
  connectorId: string,
  references: readonly string[],
): Promise<ReadonlyMap<string, SettledDebit>> {
  const rows = await database.query<SettledDebit & { reference: string }>(
    `SELECT submission.reference, submission.merchant_id, transaction.payment_method_id
       FROM submission
       JOIN transaction ON transaction.merchant_id = submission.merchant_id AND transaction.id = submission.transaction_id
      WHERE submission.connector_id = $1 AND submission.connector_id <> 'sandbox' AND submission.reference = ANY($2)`,
    [connectorId, references],
  );
  return new Map(rows.map(({ reference, ...debit }) => [reference, debit]));
}
