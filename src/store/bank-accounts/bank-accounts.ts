import type {
  BankAccountProfile,
  BankAccountStatus,
  CdvResult,
  NewBankAccount,
} from '../../domain/bank-account/bank-account.ts';
import { CDV_TABLE_VERSION } from '../../domain/bank-account/cdv.ts';
import {
  type Verification,
  type VerificationStatus,
  verificationStatusOf,
} from '../../domain/bank-account/verification.ts';
import type { Queryable } from '../connection/database.ts';
import { type AggregateTable, insertAggregates, updateAggregates } from '../events/aggregates.ts';
import { type Cell, decryptNullable, numberColumns } from '../personal-numbers.ts';
import type { Secrets } from '../secrets.ts';
import type { WriteContext } from '../write-context.ts';

const BANK_ACCOUNT: AggregateTable = { table: 'bank_account', type: 'BANK_ACCOUNT' };

/** A new account and whose it is. */
export interface OwnedBankAccount extends NewBankAccount {
  readonly customerId: string;
  readonly isBusinessAccount: boolean;
}

/** Writes bank accounts and their events; their ids, in the same order. */
export async function insertBankAccounts(
  context: WriteContext,
  secrets: Secrets,
  accounts: readonly OwnedBankAccount[],
): Promise<string[]> {
  const rows = accounts.map(({ accountNumber, status, cdv, ...account }) => {
    const id = context.tx.ids.newId('bankAccount');
    const columns = {
      ...account,
      ...numberColumns(secrets, accountNumberCell(context.merchantId, id), accountNumber),
      ...cdvColumns(cdv, context.occurredAt),
      createdBy: context.clientId,
    };
    return { id, status, columns, keys: { customerId: account.customerId } };
  });
  await insertAggregates(context, BANK_ACCOUNT, rows);
  return rows.map((row) => row.id);
}

function cdvColumns(cdv: CdvResult, checkedAt: Date) {
  return {
    cdvStatus: cdv.status,
    cdvReason: cdv.reason,
    cdvTableVersion: CDV_TABLE_VERSION,
    cdvCheckedAt: checkedAt,
  };
}

export function accountNumberCell(merchantId: string, rowId: string): Cell {
  return { merchantId, field: 'accountNumber', rowId };
}

/** An account as it stands, its number whole. */
export interface KnownBankAccount {
  readonly id: string;
  readonly customerId: string;
  readonly status: BankAccountStatus;
  readonly version: number;
  readonly profile: BankAccountProfile;
}

/** Accounts by id, locked against other changes, and against submissions for them, until the transaction ends. */
export async function lockBankAccounts(
  tx: Queryable,
  secrets: Secrets,
  merchantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KnownBankAccount>> {
  const rows = await tx.query<
    Omit<KnownBankAccount, 'profile'> & Omit<BankAccountProfile, 'accountNumber'> & { accountNumberCipher: Buffer }
  >(
    `SELECT id, customer_id, status, version, account_holder_name, account_number_cipher, account_type, bank, branch_code,
            is_business_account
       FROM bank_account WHERE merchant_id = $1 AND id = ANY($2) ORDER BY id FOR UPDATE`,
    [merchantId, ids],
  );
  return new Map(
    rows.map(({ id, customerId, status, version, accountNumberCipher, ...profile }) => {
      const accountNumber = decryptNullable(secrets, accountNumberCell(merchantId, id), accountNumberCipher) ?? '';
      return [id, { id, customerId, status, version, profile: { ...profile, accountNumber } }];
    }),
  );
}

/** Writes accounts anew. With other check digits an account is another one to its bank: it is unverified. */
export async function updateBankAccountProfiles(
  context: WriteContext,
  secrets: Secrets,
  updates: ReadonlyArray<{
    readonly account: KnownBankAccount;
    readonly profile: BankAccountProfile;
    readonly cdv: CdvResult | null;
  }>,
): Promise<void> {
  const rows = (isMoved: boolean) =>
    updates
      .filter(({ cdv }) => (cdv !== null) === isMoved)
      .map(({ account, profile: { accountNumber, ...profile }, cdv }) => {
        const number = numberColumns(secrets, accountNumberCell(context.merchantId, account.id), accountNumber);
        const moved = cdv ? { ...cdvColumns(cdv, context.occurredAt), ...UNVERIFIED } : {};
        return changed(account, { ...profile, ...number, ...moved });
      });
  await updateAggregates(context, BANK_ACCOUNT, rows(false));
  await updateAggregates(context, BANK_ACCOUNT, rows(true));
}

/** Moves accounts to another status. */
export async function moveBankAccounts(
  context: WriteContext,
  accounts: readonly KnownBankAccount[],
  to: BankAccountStatus,
): Promise<void> {
  const archivedAt = to === 'ARCHIVED' ? context.occurredAt : null;
  await updateAggregates(
    context,
    BANK_ACCOUNT,
    accounts.map((account) => changed(account, { archivedAt }, to)),
  );
}

/** Keeps what the bank said of accounts. */
export async function setVerifications(
  context: WriteContext,
  answers: ReadonlyArray<{ readonly account: KnownBankAccount; readonly answer: Verification }>,
): Promise<void> {
  const rows = answers.map(({ account, answer }) => {
    const verificationStatus: VerificationStatus = verificationStatusOf(answer);
    return changed(account, { verificationStatus, verification: answer, verifiedAt: context.occurredAt });
  });
  await updateAggregates(context, BANK_ACCOUNT, rows);
}

/** Takes back what the bank said of the accounts of customers who are known otherwise now. */
export async function unverifyBankAccountsOf(context: WriteContext, customerIds: readonly string[]): Promise<void> {
  if (customerIds.length === 0) return;
  const accounts = await context.tx.query<Omit<KnownBankAccount, 'profile'>>(
    `SELECT id, customer_id, status, version FROM bank_account
      WHERE merchant_id = $1 AND customer_id = ANY($2) AND verification_status <> 'UNVERIFIED' ORDER BY id FOR UPDATE`,
    [context.merchantId, customerIds],
  );
  await updateAggregates(
    context,
    BANK_ACCOUNT,
    accounts.map((account) => changed(account, UNVERIFIED)),
  );
}

const UNVERIFIED = { verificationStatus: 'UNVERIFIED', verification: null, verifiedAt: null };

/** Takes the numbers and holders from all accounts of customers, for good, and archives them. */
export async function anonymiseBankAccounts(context: WriteContext, customerIds: readonly string[]): Promise<void> {
  const accounts = await context.tx.query<Omit<KnownBankAccount, 'profile'>>(
    `SELECT id, customer_id, status, version FROM bank_account WHERE merchant_id = $1 AND customer_id = ANY($2)
      ORDER BY id FOR UPDATE`,
    [context.merchantId, customerIds],
  );
  const columns = {
    accountHolderName: 'Erased',
    accountNumberCipher: '\\x',
    accountNumberIndex: '\\x',
    accountNumberLast4: '',
    verification: null,
    archivedAt: context.occurredAt,
  };
  await updateAggregates(
    context,
    BANK_ACCOUNT,
    accounts.map((account) => changed(account, columns, 'ARCHIVED')),
  );
}

function changed(
  account: Omit<KnownBankAccount, 'profile'>,
  columns: Readonly<Record<string, unknown>>,
  to: BankAccountStatus = account.status,
) {
  const { id, version, status: fromStatus, customerId } = account;
  return { id, version, fromStatus, toStatus: to, columns, keys: { customerId } };
}
