import { duplicate } from '../errors.ts';
import type { Findings } from '../findings.ts';
import { warning } from '../warnings.ts';
import { normalizeAccountNumber } from './cdv.ts';

/** Existing bank accounts with the same bank, type and number that are not archived. */
export interface SameAccounts {
  /** Id of the account of the same customer; null if it has none. */
  readonly own: string | null;
  /** Ids of accounts of other customers; the store limits their number. */
  readonly others: readonly string[];
}

/** Adds an error if the customer already has the account, and a warning if other customers have it. */
export function checkSameAccounts(same: SameAccounts | undefined, findings: Findings): void {
  const { path, errors, warnings } = findings;
  const at = [...path, 'accountNumber'];
  if (same?.own) errors.push(duplicate(at, 'The customer already has this bank account; see `existingId`.', same.own));
  if (same && same.others.length > 0) {
    warnings.push(warning('POSSIBLE_DUPLICATE', at, 'Another customer has this bank account.', same.others));
  }
}

/**
 * Returns the key that is unique per customer: bank, account type and account number without regard to leading zeros.
 */
export function identityOf(
  owner: string,
  account: { accountNumber: string; accountType: string; bank: string },
): string {
  const { bank, accountType, accountNumber } = account;
  return [owner, bank, accountType, normalizeAccountNumber(accountNumber)].join(' ');
}
