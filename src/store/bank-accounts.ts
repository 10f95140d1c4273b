import type { NewBankAccount } from '../domain/bank-account.ts';
import { NO_KEYS } from '../domain/event.ts';
import { type Change, newRow } from './change.ts';
import type { Queryable } from './database.ts';
import { insertEvents } from './events.ts';
import { newId } from './ids.ts';
import { bytes, insertRows } from './insert-rows.ts';
import { decryptNumber, storeNumber } from './personal-numbers.ts';
import type { Secrets } from './secrets.ts';

/** A new account and whose it is. */
export interface OwnedBankAccount extends NewBankAccount {
  readonly customerId: string;
  readonly isBusinessAccount: boolean;
}

/** Writes bank accounts and their events; their ids, in the same order. */
export async function insertBankAccounts(
  { tx, merchantId, occurredAt, cause }: Change,
  secrets: Secrets,
  accounts: readonly OwnedBankAccount[],
): Promise<string[]> {
  const common = newRow(merchantId);
  const rows = accounts.map(({ accountNumber, ...account }) => {
    const id = newId('bankAccount');
    const stored = storeNumber(secrets, accountNumberCell(merchantId, id), accountNumber);
    return {
      ...common,
      id,
      ...account,
      accountNumberCipher: bytes(stored.cipher),
      accountNumberIndex: bytes(stored.index),
      accountNumberLast4: stored.last4,
      status: 'ACTIVE',
    };
  });
  await insertRows(tx, 'bank_account', rows);
  await insertEvents(
    tx,
    merchantId,
    rows.map(({ id, customerId, status }) => ({
      aggregateType: 'BANK_ACCOUNT',
      aggregateId: id,
      version: 1,
      fromStatus: null,
      toStatus: status,
      occurredAt,
      cause,
      keys: { ...NO_KEYS, customerId },
    })),
  );
  return rows.map((row) => row.id);
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

function accountNumberCell(merchantId: string, rowId: string) {
  return { merchantId, table: 'bank_account', column: 'account_number', rowId } as const;
}
