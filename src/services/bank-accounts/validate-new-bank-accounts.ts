import type { NewBankAccount } from '../../domain/bank-account/bank-account.ts';
import { type BankAccountRecord, parseBankAccount } from '../../domain/bank-account/parse.ts';
import { checkSameAccounts, identityOf } from '../../domain/bank-account/uniqueness.ts';
import type { UserError } from '../../domain/errors.ts';
import { externalIdOf } from '../../domain/external-id.ts';
import type { Findings } from '../../domain/findings.ts';
import { findTaken } from '../../domain/uniqueness.ts';
import { findSameAccounts } from '../../store/bank-accounts/bank-account-context.ts';
import { findByExternalId } from '../../store/external-ids.ts';
import type { MerchantSettings } from '../../store/merchants/settings.ts';
import type { Secrets } from '../../store/secrets.ts';
import type { WriteContext } from '../../store/write-context.ts';

/** A bank account to create, the id of its customer (null if created with it), and its findings. */
export interface BankAccountToValidate {
  readonly record: BankAccountRecord;
  readonly customerId: string | null;
  /** Findings at the input path of the account. */
  readonly findings: Findings;
}

/**
 * Validates bank accounts to create, by themselves and against existing accounts, in one statement. Returns each
 * account in input order, or null with errors in its findings. A customer cannot have the same account twice; an
 * account of another customer is a warning (POSSIBLE_DUPLICATE).
 */
export async function validateNewBankAccounts(
  { tx, merchantId }: WriteContext,
  secrets: Secrets,
  settings: MerchantSettings,
  items: readonly BankAccountToValidate[],
): Promise<Array<NewBankAccount | null>> {
  if (items.length === 0) return [];
  const parsed = items.map(({ record, findings }) => parseBankAccount(record, settings.cdvMode, findings));
  const unique = parsed.map((account, index) => {
    const customerId = items[index]?.customerId ?? null;
    const value = account && customerId && identityOf(customerId, account);
    return { value, path: [...(items[index]?.findings.path ?? []), 'accountNumber'] };
  });
  addTo(items, findTaken(unique, new Map()));
  const externalIds = items.map(({ record, findings: { path } }) => {
    return { value: externalIdOf(record), path: [...path, 'externalId'] };
  });
  const named = externalIds.flatMap(({ value }) => value ?? []);
  addTo(items, findTaken(externalIds, await findByExternalId(tx, merchantId, 'bank_account', named)));
  const sound = parsed.flatMap((account, index) => (account ? [{ account, item: items[index] }] : []));
  const same = await findSameAccounts(
    tx,
    secrets,
    merchantId,
    sound.map(({ account, item }) => ({ ...account, ownId: null, customerId: item?.customerId ?? null })),
  );
  sound.forEach(({ item }, index) => {
    if (item) checkSameAccounts(same[index], item.findings);
  });
  return parsed.map((account, index) => (items[index]?.findings.errors.length === 0 ? account : null));
}

function addTo(items: readonly BankAccountToValidate[], errors: ReadonlyArray<readonly UserError[]>): void {
  errors.forEach((found, index) => {
    items[index]?.findings.errors.push(...found);
  });
}
