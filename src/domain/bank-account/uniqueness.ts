import { duplicate } from '../errors.ts';
import { type Findings, warning } from '../warnings.ts';
import { normalizeAccountNumber } from './cdv.ts';

/** Who else has an account that is not archived. */
export interface SameAccounts {
  /** The same customer's. */
  readonly own: string | null;
  /** Other customers', at most ten of them. */
  readonly others: readonly string[];
}

/** Refuses an account that its customer has already, naming it, and warns of one that others have. */
export function checkSameAccounts(same: SameAccounts | undefined, findings: Findings): void {
  const { path, errors, warnings } = findings;
  const at = [...path, 'accountNumber'];
  if (same?.own) errors.push(duplicate(at, 'The customer has this account already.', same.own));
  if (same && same.others.length > 0) {
    warnings.push(warning('POSSIBLE_DUPLICATE', at, 'Another customer has this account.', same.others));
  }
}

/** Under which a customer has an account once: the bank, the type and the number, however many zeros stand before it. */
export function identityOf(
  owner: string,
  account: { accountNumber: string; accountType: string; bank: string },
): string {
  const { bank, accountType, accountNumber } = account;
  return [owner, bank, accountType, normalizeAccountNumber(accountNumber)].join(' ');
}
