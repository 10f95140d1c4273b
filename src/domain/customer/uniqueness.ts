import { duplicate, stateConflict } from '../errors.ts';
import type { Findings } from '../findings.ts';
import { warning } from '../warnings.ts';
import type { CustomerProfile } from './customer.ts';

/** An existing customer with the same value. */
export interface CustomerWithSameValue {
  readonly id: string;
  readonly isBlacklisted: boolean;
}

/** Customers of the merchant with the same e-mail address or ID number as the records of a batch, by that value. */
export interface CustomersWithSameValues {
  readonly byEmail: ReadonlyMap<string, readonly CustomerWithSameValue[]>;
  readonly byIdNumber: ReadonlyMap<string, readonly CustomerWithSameValue[]>;
}

/**
 * Returns the key by which e-mail addresses are compared, also in the database: A to Z in lower case, nothing else
 * changed.
 */
export function emailKey(email: string): string {
  return email.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/**
 * Compares the changed e-mail address and ID number of a customer with other customers. Adds an error for a blacklisted
 * ID number, and for a used e-mail address if the merchant requires unique ones; otherwise a shared value adds a
 * warning, because families share addresses (DOMAIN T4).
 */
export function checkSameValues(
  profile: Pick<CustomerProfile, 'email' | 'idNumber'>,
  changed: readonly string[],
  ownId: string | null,
  sameValues: CustomersWithSameValues,
  emailUnique: boolean,
  findings: Findings,
): void {
  const { path, errors, warnings } = findings;
  const others = (found: readonly CustomerWithSameValue[] | undefined): readonly CustomerWithSameValue[] =>
    (found ?? []).filter(({ id }) => id !== ownId);
  const sameEmail = others(changed.includes('email') ? sameValues.byEmail.get(emailKey(profile.email)) : []);
  const { idNumber } = profile;
  const isNewIdentity = idNumber !== null && changed.includes('idNumber');
  const sameIdNumber = others(isNewIdentity ? sameValues.byIdNumber.get(idNumber) : []);
  const blacklisted = sameIdNumber.filter(({ isBlacklisted }) => isBlacklisted).map(({ id }) => id);
  if (blacklisted.length > 0) {
    const message = 'A customer with this ID number is blacklisted.';
    const conflict = { code: 'BLACKLISTED', message, currentStatus: 'BLACKLISTED', blockedBy: blacklisted } as const;
    errors.push(stateConflict([...path, 'idNumber'], conflict));
  } else if (sameIdNumber.length > 0) {
    const ids = sameIdNumber.map(({ id }) => id);
    const message = 'Another customer has this ID number.';
    warnings.push(warning('POSSIBLE_DUPLICATE', [...path, 'idNumber'], message, ids));
  }
  const [first] = sameEmail;
  if (!first) return;
  const at = [...path, 'email'];
  if (emailUnique) errors.push(duplicate(at, 'Another customer has this e-mail address.', first.id));
  else {
    const ids = sameEmail.map(({ id }) => id);
    warnings.push(warning('POSSIBLE_DUPLICATE', at, 'Another customer has this e-mail address.', ids));
  }
}
