import type { SameAccounts } from '../../domain/bank-account/uniqueness.ts';
import type { Queryable } from '../connection/database.ts';
import { blindIndex } from '../personal-numbers.ts';
import type { Secrets } from '../secrets.ts';

/** Identity of an account. `ownId` is null for a new account, `customerId` for a customer that is created with it. */
export interface AccountIdentity {
  readonly ownId: string | null;
  readonly customerId: string | null;
  readonly bank: string;
  readonly accountType: string;
  readonly accountNumber: string;
}

/** Returns, in the order of `accounts`, the unarchived accounts with the same bank, type and number. Two statements. */
export async function findSameAccounts(
  tx: Queryable,
  secrets: Secrets,
  merchantId: string,
  accounts: readonly AccountIdentity[],
): Promise<readonly SameAccounts[]> {
  const wanted = accounts.map((account) => ({
    ...account,
    index: blindIndex(secrets, merchantId, 'accountNumber', account.accountNumber).toString('hex'),
  }));
  const indexes = [...new Set(wanted.map(({ index }) => index))];
  const customerIds = [...new Set(wanted.flatMap(({ customerId }) => customerId ?? []))];
  const [own, all] = await Promise.all([
    tx.query<Stored>(
      `SELECT ${STORED} FROM bank_account
        WHERE merchant_id = $1 AND customer_id = ANY($2) AND account_number_index = ANY(${INDEXES}) AND status <> 'ARCHIVED'`,
      [merchantId, customerIds, indexes],
    ),
    // Of a number that many customers have, only the first accounts are returned.
    tx.query<Stored>(
      `SELECT ${STORED} FROM (
         SELECT *, row_number() OVER (PARTITION BY account_number_index ORDER BY id) AS nth FROM bank_account
          WHERE merchant_id = $1 AND account_number_index = ANY(${INDEXES.replace('$3', '$2')}) AND status <> 'ARCHIVED') AS same
        WHERE nth <= ${OTHERS_MAX}`,
      [merchantId, indexes],
    ),
  ]);
  const byNumber = new Map<string, Stored[]>();
  for (const row of [...own, ...all]) byNumber.set(row.index, [...(byNumber.get(row.index) ?? []), row]);
  return wanted.map(({ index, bank, accountType, customerId, ownId }) => {
    const same = (byNumber.get(index) ?? []).filter(
      (row) => row.bank === bank && row.accountType === accountType && row.id !== ownId,
    );
    const others = same.filter((row) => row.customerId !== customerId).map(({ id }) => id);
    return {
      own: same.find((row) => row.customerId === customerId)?.id ?? null,
      others: [...new Set(others)],
    };
  });
}

interface Stored {
  readonly index: string;
  readonly id: string;
  readonly customerId: string;
  readonly bank: string;
  readonly accountType: string;
}
const STORED = "encode(account_number_index, 'hex') AS index, id, customer_id, bank, account_type";
const INDEXES = "ARRAY(SELECT decode(index, 'hex') FROM unnest($3::text[]) AS index)";
const OTHERS_MAX = 10;
