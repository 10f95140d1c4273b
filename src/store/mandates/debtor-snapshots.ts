import { maskNumber } from '../../domain/bank-account/bank-account.ts';
import type { DebtorSnapshot } from '../../domain/mandate/mandate.ts';
import type { Queryable, Tx } from '../connection/database.ts';

type SnapshotRow = Omit<DebtorSnapshot, 'idNumberMasked' | 'accountNumberMasked'> & {
  readonly id: string;
  readonly idNumberLast4: string | null;
  readonly accountNumberLast4: string;
};

/**
 * Erases the debtor data of customers' mandates, the texts that callers wrote in them, and external ids of payments. As this is not a change of
 * the mandate, versions stay the same and no event is inserted.
 */
export function eraseDebtorSnapshots(tx: Tx, merchantId: string, customerIds: readonly string[]): void {
  tx.send(
    `WITH emptied AS (
       UPDATE mandate SET debtor_snapshot = NULL, reference = NULL, external_id = NULL, amendment_reason = NULL
        WHERE merchant_id = $1 AND customer_id = ANY($2) RETURNING id)
     , unnamed AS (
       UPDATE payment SET external_id = NULL WHERE merchant_id = $1 AND customer_id = ANY($2) AND external_id IS NOT NULL)
     UPDATE mandate_request SET debtor_snapshot = NULL
      WHERE merchant_id = $1 AND mandate_id = ANY(ARRAY(SELECT id FROM emptied))`,
    [merchantId, customerIds],
  );
}

/** Returns the current debtor and details of each bank account, by account id. Numbers are masked. */
export async function findDebtorSnapshots(
  tx: Queryable,
  merchantId: string,
  bankAccountIds: readonly string[],
): Promise<ReadonlyMap<string, DebtorSnapshot>> {
  if (bankAccountIds.length === 0) return new Map();
  const rows = await tx.query<SnapshotRow>(
    `SELECT account.id, coalesce(company_name, concat_ws(' ', person_name, person_surname)) AS name, id_type, id_number_last4,
            contact_number, account_holder_name, account_number_last4, account_type, bank, branch_code
       FROM bank_account AS account
       JOIN customer ON customer.merchant_id = account.merchant_id AND customer.id = account.customer_id
      WHERE account.merchant_id = $1 AND account.id = ANY($2)`,
    [merchantId, bankAccountIds],
  );
  return new Map(
    rows.map(({ id, idNumberLast4, accountNumberLast4, ...row }) => [
      id,
      {
        ...row,
        idNumberMasked: idNumberLast4 === null ? null : maskNumber(idNumberLast4),
        accountNumberMasked: maskNumber(accountNumberLast4),
      },
    ]),
  );
}
