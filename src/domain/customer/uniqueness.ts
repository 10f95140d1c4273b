import { duplicate, stateConflict } from '../errors.ts';
import { type Findings, warning } from '../warnings.ts';
import type { CustomerProfile } from './customer.ts';

/** Who has a value already. */
export interface Namesake {
  readonly id: string;
  readonly isBlacklisted: boolean;
}

/** Other customers of the merchant with the same e-mail address or identity number as the profiles of a batch. */
export interface Namesakes {
  readonly byEmail: ReadonlyMap<string, readonly Namesake[]>;
  readonly byIdNumber: ReadonlyMap<string, readonly Namesake[]>;
}

/** How addresses are compared, here and in the database: the case of A to Z does not count. */
export function emailKey(email: string): string {
  return email.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/**
 * Judges what is new of a customer, by others: an identity that is blacklisted is refused, an e-mail address in use where
 * the merchant wants them unique; else what is shared is a warning, since families share (DOMAIN T4).
 */
export function checkNamesakes(
  profile: Pick<CustomerProfile, 'email' | 'idNumber'>,
  changed: readonly string[],
  ownId: string | null,
  namesakes: Namesakes,
  emailUnique: boolean,
  findings: Findings,
): void {
  const { path, errors, warnings } = findings;
  const others = (found: readonly Namesake[] | undefined): readonly Namesake[] =>
    (found ?? []).filter(({ id }) => id !== ownId);
  const sameEmail = others(changed.includes('email') ? namesakes.byEmail.get(emailKey(profile.email)) : []);
  const { idNumber } = profile;
  const isNewIdentity = idNumber !== null && changed.includes('idNumber');
  const sameIdNumber = others(isNewIdentity ? namesakes.byIdNumber.get(idNumber) : []);
  const blacklisted = sameIdNumber.filter(({ isBlacklisted }) => isBlacklisted).map(({ id }) => id);
  if (blacklisted.length > 0) {
    const message = 'Someone with this id number is blacklisted.';
    const conflict = { code: 'BLACKLISTED', message, currentStatus: 'BLACKLISTED', blockedBy: blacklisted } as const;
    errors.push(stateConflict([...path, 'idNumber'], conflict));
  } else if (sameIdNumber.length > 0) {
    const ids = sameIdNumber.map(({ id }) => id);
    const message = 'Another customer has this id number.';
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
