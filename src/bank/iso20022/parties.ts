import type { Creditor, Profile } from './profile.ts';
import type { Elements } from './write-xml.ts';

/** What every message that is written has in common. */
export interface Heading {
  readonly messageId: string;
  readonly createdAt: Date;
  readonly creditor: Creditor;
  readonly profile: Profile;
}

/** Clearing system of South African branch codes. */
const CLEARING_SYSTEM = 'ZANCC';

/** Returns a party by name and id. */
export function partyOf({ name, id }: { readonly name: string; readonly id?: string | undefined }): Elements {
  return { Nm: name, Id: id === undefined ? null : { OrgId: { Othr: { Id: id } } } };
}

/** Returns an account by its number. South African accounts have no IBAN. */
export function accountOf(number: string, type: string | null = null): Elements {
  return { Id: { Othr: { Id: number } }, Tp: type === null ? null : { Prtry: type } };
}

/** Returns a bank by its branch code. */
export function branchOf(branchCode: string): Elements {
  return { FinInstnId: { ClrSysMmbId: { ClrSysId: { Cd: CLEARING_SYSTEM }, MmbId: branchCode } } };
}

/** Returns an instant as a date with a time in UTC, without fractions of a second. */
export function dateTimeOf(instant: Date): string {
  return `${instant.toISOString().slice(0, 19)}Z`;
}
