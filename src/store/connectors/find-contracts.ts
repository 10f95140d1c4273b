import type { Queryable } from '../connection/database.ts';

/** A mandate by its contract, and the file with the request that is answered, if it is known. */
export interface ContractAsked {
  readonly contractReference: string;
  readonly fileId: string | null;
}

/**
 * Returns the references of the requests to a connector that answers by contract are about, in the order of `asked`: the request in the
 * file that is named, else the one that had the mandate approved. Null when there is none, or when mandates of several
 * merchants have the contract reference, which is unique for a merchant only.
 */
export async function findRequestsOfContracts(
  database: Queryable,
  connectorId: string,
  asked: readonly ContractAsked[],
): Promise<ReadonlyArray<string | null>> {
  const rows = await database.query<{ reference: string | null }>(
    `SELECT (
       SELECT CASE WHEN count(DISTINCT request.merchant_id) = 1 THEN
                (array_agg(request.reference ORDER BY held.file_id IS NOT DISTINCT FROM asked.file_id DESC, request.kind = 'INITIATE' DESC, request.send_at DESC))[1]
              END
         FROM connector_merchant AS allowed
         JOIN mandate ON mandate.merchant_id = allowed.merchant_id AND mandate.contract_reference = asked.contract
         JOIN mandate_request AS request ON request.merchant_id = mandate.merchant_id AND request.mandate_id = mandate.id
          AND request.connector_id = allowed.connector_id
         LEFT JOIN bank_instruction AS held ON held.merchant_id = request.merchant_id AND held.reference = request.reference
        WHERE allowed.connector_id = $1) AS reference
       FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS asked(contract, file_id, nth) ORDER BY nth`,
    [connectorId, asked.map(({ contractReference }) => contractReference), asked.map(({ fileId }) => fileId)],
  );
  return rows.map(({ reference }) => reference);
}

/** A debit that was sent: its merchant, payment method, transaction and amount. */
export interface SentDebit {
  readonly merchantId: string;
  readonly paymentMethodId: string;
  readonly transactionId: string;
  readonly amountCents: number;
}

/** Returns the debits that a connector sent under these references, by reference. */
export async function findSentDebits(
  database: Queryable,
  connectorId: string,
  references: readonly string[],
): Promise<ReadonlyMap<string, SentDebit>> {
  const rows = await database.query<SentDebit & { reference: string }>(
    `SELECT submission.reference, submission.merchant_id, submission.transaction_id, transaction.payment_method_id, transaction.amount_cents
       FROM submission
       JOIN transaction ON transaction.merchant_id = submission.merchant_id AND transaction.id = submission.transaction_id
      WHERE submission.connector_id = $1 AND submission.connector_id <> 'sandbox' AND submission.reference = ANY($2)`,
    [connectorId, references],
  );
  return new Map(rows.map(({ reference, ...debit }) => [reference, debit]));
}
