import { accountNumberCell } from './bank-accounts.ts';
import type { Queryable } from './database.ts';
import { blindIndex, decryptNumber } from './personal-numbers.ts';
import type { Secrets } from './secrets.ts';

/** An account that has the number of another. */
export interface SameAccount {
  readonly id: string;
  readonly customerId: string;
  readonly bank: string;
  readonly accountType: string;
  /** Of the numbers asked for. */
  readonly accountNumber: string;
}

/** Accounts that are not archived and have one of these numbers, whoever's they are. */
export async function findSameAccounts(
  tx: Queryable,
  secrets: Secrets,
  merchantId: string,
  numbers: readonly string[],
): Promise<readonly SameAccount[]> {
  // One number for each index: those that differ only in zeros before them are one.
  const wanted = new Map(
    numbers.map((number) => [blindIndex(secrets, merchantId, 'accountNumber', number).toString('hex'), number]),
  );
  const rows = await tx.query<Omit<SameAccount, 'accountNumber'> & { index: string }>(
    `SELECT wanted.index, id, customer_id, bank, account_type
       FROM unnest($2::text[]) AS wanted(index)
       JOIN bank_account ON merchant_id = $1 AND account_number_index = decode(wanted.index, 'hex')
      WHERE status <> 'ARCHIVED' ORDER BY id`,
    [merchantId, [...wanted.keys()]],
  );
  return rows.map(({ index, ...row }) => ({ ...row, accountNumber: wanted.get(index) ?? '' }));
}

/** What a bank is told of an account. The number is whole: it goes to the bank and nowhere else. */
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
      return [row.id, { ...row, accountNumber }];
    }),
  );
}
