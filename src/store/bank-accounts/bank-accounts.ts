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

/** A new bank account and its owner. */
export interface OwnedBankAccount extends NewBankAccount {
  readonly customerId: string;
  readonly isBusinessAccount: boolean;
}

/** Inserts bank accounts and their events; returns the ids in the order of `accounts`. */
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
  insertAggregates(context, BANK_ACCOUNT, rows);
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

/** Returns the cell that stores the number of a bank account. */
export function accountNumberCell(merchantId: string, rowId: string): Cell {
  return { merchantId, field: 'accountNumber', rowId };
}

/** A stored bank account with its decrypted number. */
export interface KnownBankAccount {
  readonly id: string;
  readonly customerId: string;
  readonly status: BankAccountStatus;
  readonly version: number;
  readonly profile: BankAccountProfile;
}

/** Returns accounts by id, locked for update until the transaction ends. Submissions for them wait for the lock. */
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
      // Empty once its owner was erased.
      const accountNumber = decryptNullable(secrets, accountNumberCell(merchantId, id), accountNumberCipher) ?? '';
      return [id, { id, customerId, status, version, profile: { ...profile, accountNumber } }];
    }),
  );
}

/**
 * Replaces the profiles of accounts and inserts their events. An account with a new CDV result is another account to
 * its bank and becomes UNVERIFIED.
 */
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
  updateAggregates(context, BANK_ACCOUNT, rows(false));
  updateAggregates(context, BANK_ACCOUNT, rows(true));
}

/** Moves accounts to another status and inserts their events. */
export function moveBankAccounts(
  context: WriteContext,
  accounts: readonly KnownBankAccount[],
  to: BankAccountStatus,
): void {
  const archivedAt = to === 'ARCHIVED' ? context.occurredAt : null;
  updateAggregates(
    context,
    BANK_ACCOUNT,
    accounts.map((account) => changed(account, { archivedAt }, to)),
  );
}

/** Stores the bank's verification answers and inserts the events of the accounts. */
export async function setVerifications(
  context: WriteContext,
  answers: ReadonlyArray<{ readonly account: KnownBankAccount; readonly answer: Verification }>,
): Promise<void> {
  const rows = answers.map(({ account, answer }) => {
    const verificationStatus: VerificationStatus = verificationStatusOf(answer);
    return changed(account, { verificationStatus, verification: answer, verifiedAt: context.occurredAt });
  });
  updateAggregates(context, BANK_ACCOUNT, rows);
}

/** Locks the verified accounts of customers, sets them back to UNVERIFIED and inserts their events. */
export async function unverifyBankAccountsOf(context: WriteContext, customerIds: readonly string[]): Promise<void> {
  if (customerIds.length === 0) return;
  const accounts = await context.tx.query<Omit<KnownBankAccount, 'profile'>>(
    `SELECT id, customer_id, status, version FROM bank_account
      WHERE merchant_id = $1 AND customer_id = ANY($2) AND verification_status <> 'UNVERIFIED' ORDER BY id FOR UPDATE`,
    [context.merchantId, customerIds],
  );
  updateAggregates(
    context,
    BANK_ACCOUNT,
    accounts.map((account) => changed(account, UNVERIFIED)),
  );
}

const UNVERIFIED = { verificationStatus: 'UNVERIFIED', verification: null, verifiedAt: null };

/**
 * Permanently erases numbers and holders of all accounts of customers, archives the accounts and inserts their events.
 */
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
    externalId: null,
    verification: null,
    archivedAt: context.occurredAt,
  };
  updateAggregates(
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
