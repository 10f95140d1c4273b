import { type Affected, nameIds } from '../batch.ts';
import { canonicalJson } from '../canonical-json.ts';
import { stateConflict } from '../errors.ts';
import type { Findings } from '../findings.ts';
import { isAuthorised, type OpenMandate } from '../mandate/mandate.ts';
import type { PaymentMethodType, PaymentStatus } from '../payment/state-machine.ts';
import { warning } from '../warnings.ts';
import type { CustomerProfile } from './customer.ts';
import { CUSTOMER_TEXT_NAMES, CUSTOMER_TEXTS, type CustomerText } from './fields.ts';
import type { CustomerRecord } from './record.ts';
import type { CustomerState } from './status.ts';

/** A running payment, reduced to what changes of its customer or bank account need. */
export interface RunningPayment {
  readonly id: string;
  readonly customerId: string;
  readonly bankAccountId: string | null;
  readonly methodType: PaymentMethodType;
  readonly status: PaymentStatus;
}

/** Fields that an open DebiCheck or registered mandate was authorised with (DOMAIN §5); they cannot be cleared. */
const NEEDED_BY_MANDATES = ['idType', 'idNumber', 'contactNumber'] as const;
const NEEDED_OF_PERSONS = ['personName', 'personSurname'] as const;

/** Returns whether only individuals can have the mandate: DebiCheck and registered mandates of Nedbank. */
function isForPersons({ methodType, providerBank }: OpenMandate): boolean {
  return methodType === 'DEBICHECK' || (methodType === 'REGISTERED_MANDATE' && providerBank === 'NEDBANK_LIMITED');
}

/** Adds errors for changes that conflict with the open mandates of the customer. */
export function checkMandatesNeeds(
  current: CustomerProfile,
  next: CustomerProfile,
  mandates: readonly OpenMandate[],
  status: string,
  findings: Findings,
): void {
  const { path, errors } = findings;
  const authorised = nameIds(mandates.filter(isAuthorised).map(({ id }) => id)).ids;
  const personal = nameIds(mandates.filter(isForPersons).map(({ id }) => id)).ids;
  const keep = (names: ReadonlyArray<keyof CustomerProfile>, blockedBy: readonly string[]): void => {
    if (blockedBy.length === 0) return;
    for (const name of names) {
      if (current[name] === null || next[name] !== null) continue;
      const message = 'An open DebiCheck or registered mandate requires this value; it can be changed but not cleared.';
      errors.push(stateConflict([...path, name], { code: 'NOT_CLEARABLE', message, currentStatus: status, blockedBy }));
    }
  };
  keep(NEEDED_BY_MANDATES, authorised);
  keep(NEEDED_OF_PERSONS, personal);
  if (personal.length === 0) return;
  const refuse = (name: string): void => {
    const message = 'An open mandate allows individuals only; cancel it before you change the customer to a company.';
    const conflict = { code: 'NOT_MUTABLE', message, currentStatus: status, blockedBy: personal } as const;
    errors.push(stateConflict([...path, name], conflict));
  };
  if (current.kind === 'INDIVIDUAL' && next.kind === 'COMPANY')
    refuse(next.companyName === null ? 'kind' : 'companyName');
  if (current.idType !== next.idType && next.idType === 'COMPANY_REGISTRATION_NUMBER') refuse('idType');
}

/**
 * Adds errors for fields that cannot change: all of an erased customer, all but description and metadata of an archived
 * one.
 */
export function checkMutable(state: CustomerState, record: CustomerRecord, findings: Findings): void {
  const { path, errors } = findings;
  if (state.status !== 'ARCHIVED') return;
  const always = (name: string): boolean =>
    name === 'metadata' || name === 'metadataReplace' || (textOf(name)?.always ?? false);
  for (const name of CHANGEABLE) {
    if (record[name] === undefined || (always(name) && state.erasedAt === null)) continue;
    const message = state.erasedAt === null ? 'The customer is archived. Restore it first.' : 'The customer is erased.';
    const conflict = { code: 'NOT_MUTABLE', message, currentStatus: state.status, blockedBy: [] } as const;
    errors.push(stateConflict([...path, name], conflict));
  }
}

/**
 * Adds errors for changes to the identity of a blacklisted customer, because the blacklist finds it by its ID number.
 */
export function checkBlacklistedIdentity(state: CustomerState, changed: readonly string[], findings: Findings): void {
  const { path, errors } = findings;
  if (!state.isBlacklisted) return;
  for (const name of changed.filter((field) => field === 'idType' || field === 'idNumber')) {
    const message =
      'The identity of a blacklisted customer cannot change. Remove the customer from the blacklist first.';
    const conflict = { code: 'BLACKLISTED', message, currentStatus: state.status, blockedBy: [] } as const;
    errors.push(stateConflict([...path, name], conflict));
  }
}

const CHANGEABLE = [...CUSTOMER_TEXT_NAMES, 'kind', 'clientType', 'idType', 'isTax', 'metadata', 'metadataReplace'];

function textOf(name: string): CustomerText | undefined {
  return (CUSTOMER_TEXTS as Readonly<Record<string, CustomerText>>)[name];
}

/** Returns the names of the fields that differ. */
export function changedFields(current: CustomerProfile, next: CustomerProfile): string[] {
  return (Object.keys(current) as Array<keyof CustomerProfile>).filter(
    (name) => canonicalJson(current[name]) !== canonicalJson(next[name]),
  );
}

/** Fields that are never sent to a bank; their changes affect no payment. */
const OF_NO_CONCERN_TO_BANKS = new Set(['description', 'metadata']);

/**
 * Returns the objects that a change affects: running EFT payments and EFT mandates use the new data. DebiCheck and
 * registered mandates keep the data they were authorised with, which adds a warning.
 */
export function affectedByChange(
  changed: readonly string[],
  payments: readonly RunningPayment[],
  mandates: readonly OpenMandate[],
  findings: Findings,
): Affected {
  const { path, warnings } = findings;
  if (changed.every((name) => OF_NO_CONCERN_TO_BANKS.has(name))) return NOTHING_AFFECTED;
  const reached = nameIds(payments.filter(({ methodType }) => methodType === 'DEBIT_ORDER').map(({ id }) => id));
  const taken = nameIds(mandates.filter((mandate) => !isAuthorised(mandate)).map(({ id }) => id));
  const untouched = nameIds(mandates.filter(isAuthorised).map(({ id }) => id));
  if (untouched.ids.length > 0) {
    const message = 'Authorised mandates keep the data they were authorised with; amend them or create new mandates.';
    warnings.push(warning('MANDATES_NOT_UPDATED', path, message, untouched.ids));
  }
  return {
    paymentIds: reached.ids,
    mandateIds: taken.ids,
    untouchedMandateIds: untouched.ids,
    truncated: reached.truncated || taken.truncated || untouched.truncated,
  };
}

/** A change that affects no other object. */
export const NOTHING_AFFECTED: Affected = { paymentIds: [], mandateIds: [], untouchedMandateIds: [], truncated: false };
