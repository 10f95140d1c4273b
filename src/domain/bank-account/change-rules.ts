import { NAMED_IDS_MAX } from '../batch.ts';
import { stateConflict } from '../errors.ts';
import type { Findings } from '../findings.ts';
import { isAuthorised, type OpenMandate } from '../mandate/mandate.ts';
import type { BankAccountProfile, BankAccountStatus } from './bank-account.ts';
import { FROZEN_BY_MANDATES } from './parse.ts';

/** Returns the names of the fields that differ. */
export function namesChanged(current: BankAccountProfile, next: BankAccountProfile): string[] {
  return NAMES.filter((name) => current[name] !== next[name]);
}

const NAMES = ['accountHolderName', ...FROZEN_BY_MANDATES] as const;

/**
 * Adds errors for changed fields that mandates lock: number, type, bank, branch and business flag once any mandate uses
 * the account, and the holder name while an authorised mandate is open.
 */
export function checkMutable(
  currentStatus: BankAccountStatus,
  names: readonly string[],
  hasMandates: boolean,
  mandates: readonly OpenMandate[],
  findings: Findings,
): void {
  const { path, errors } = findings;
  const refuse = (name: string, message: string, blockedBy: readonly OpenMandate[]): void => {
    const ids = blockedBy.slice(0, NAMED_IDS_MAX).map(({ id }) => id);
    const conflict = { code: 'NOT_MUTABLE', message, currentStatus, blockedBy: ids } as const;
    errors.push(stateConflict([...path, name], conflict));
  };
  const authorised = mandates.filter(isAuthorised);
  for (const name of names) {
    const isFrozen = (FROZEN_BY_MANDATES as readonly string[]).includes(name);
    if (isFrozen && hasMandates) {
      refuse(name, 'A mandate uses the account. Create a new account and a mandate for it.', mandates);
    } else if (name === 'accountHolderName' && authorised.length > 0) {
      refuse(name, 'An open DebiCheck or registered mandate contains this account holder name.', authorised);
    }
  }
}
