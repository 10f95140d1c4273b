import type { NewBankAccount } from '../../domain/bank-account/bank-account.ts';
import { type BankAccountRecord, parseBankAccount } from '../../domain/bank-account/parse.ts';
import { checkSameAccounts, identityOf } from '../../domain/bank-account/uniqueness.ts';
import { findTaken } from '../../domain/uniqueness.ts';
import type { Findings } from '../../domain/warnings.ts';
import { findSameAccounts } from '../../store/bank-accounts/bank-account-context.ts';
import type { MerchantSettings } from '../../store/merchants/merchants.ts';
import type { Secrets } from '../../store/secrets.ts';
import type { WriteContext } from '../../store/write-context.ts';

/** An account to be made, whose it will be (null: of a customer that is made with it), and what is found about it. */
export interface BankAccountToValidate {
  readonly record: BankAccountRecord;
  readonly customerId: string | null;
  /** At the path of the account. */
  readonly findings: Findings;
}

/**
 * Judges accounts to be made, alone and by those there are: one statement, whatever their number. Each, in order, or null
 * with the reasons in its findings. A customer has an account once; that others have it is worth a warning.
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
  findTaken(unique, new Map()).forEach((errors, index) => {
    items[index]?.findings.errors.push(...errors);
  });
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
