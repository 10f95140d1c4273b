import { normalizeAccountNumber } from '../../domain/bank-account/cdv.ts';
import type { SameAccounts } from '../../domain/bank-account/uniqueness.ts';
import type { Queryable } from '../connection/database.ts';
import { blindIndex, decryptNumber } from '../personal-numbers.ts';
import type { Secrets } from '../secrets.ts';
import { accountNumberCell } from './bank-accounts.ts';

/** An account as it is, or is to be: whose (null: of a customer that is made with it), and which. */
export interface AccountIdentity {
  readonly ownId: string | null;
  readonly customerId: string | null;
  readonly bank: string;
  readonly accountType: string;
  readonly accountNumber: string;
}

/** Who else has these accounts, in the same order: two statements, whatever their number. */
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
  const own = await tx.query<Stored>(
    `SELECT ${STORED} FROM bank_account
      WHERE merchant_id = $1 AND customer_id = ANY($2) AND account_number_index = ANY(${INDEXES}) AND status <> 'ARCHIVED'`,
    [merchantId, customerIds, indexes],
  );
  // A number that a thousand customers have is named by the first of them.
  const all = await tx.query<Stored>(
    `SELECT ${STORED} FROM (
       SELECT *, row_number() OVER (PARTITION BY account_number_index ORDER BY id) AS nth FROM bank_account
        WHERE merchant_id = $1 AND account_number_index = ANY(${INDEXES.replace('$3', '$2')}) AND status <> 'ARCHIVED') AS same
      WHERE nth <= ${OTHERS_MAX}`,
    [merchantId, indexes],
  );
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

/** What a bank is told of an account. The number is whole and in the form banks take: it goes to the bank and nowhere else. */
export interface AccountForBank {
  readonly id: string;
  readonly accountNumber: string;
  readonly accountType: string;
  readonly branchCode: string;
}

export async function findAccountsForBank(
  database: Queryable,
  secrets: Secrets,
  merchantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, AccountForBank>> {
  const rows = await database.query<Omit<AccountForBank, 'accountNumber'> & { accountNumberCipher: Buffer }>(
    'SELECT id, account_number_cipher, account_type, branch_code FROM bank_account WHERE merchant_id = $1 AND id = ANY($2)',
    [merchantId, ids],
  );
  return new Map(
    rows.map(({ accountNumberCipher, ...row }) => {
      const accountNumber = decryptNumber(secrets, accountNumberCell(merchantId, row.id), accountNumberCipher);
      return [row.id, { ...row, accountNumber: normalizeAccountNumber(accountNumber) }];
    }),
  );
}
