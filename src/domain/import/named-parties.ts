import { notFound, type Path, required } from '../errors.ts';
import { externalIdOf } from '../external-id.ts';
import type { Unvalidated } from '../fields.ts';
import type { Findings } from '../findings.ts';
import type { Taken } from '../uniqueness.ts';

/** Fields by which an imported record names another object: by id or by external id. */
const NAMES = {
  customer: { id: 'customerId', externalId: 'customerExternalId', what: 'customer' },
  bank_account: { id: 'bankAccountId', externalId: 'bankAccountExternalId', what: 'bank account' },
  mandate: { id: 'mandateId', externalId: 'mandateExternalId', what: 'mandate' },
} as const;

/** Kind of object that an imported record names. */
export type NamedParty = keyof typeof NAMES;
/** All kinds of objects that an imported record names. */
export const NAMED_PARTIES = Object.keys(NAMES) as readonly NamedParty[];
/** Existing objects by kind and external id. */
export type KnownParties = Readonly<Record<NamedParty, Taken>>;

/** Returns the external id by which a record names an object; null if it uses an id, or names none. */
export function externalNameOf(record: Unvalidated, party: NamedParty): string | null {
  return externalIdOf(record, NAMES[party].externalId);
}

/** Returns a record with the ids of the objects that it names by external ids. */
export function withPartyIds<Record extends Unvalidated>(record: Record, known: KnownParties): Record {
  const ids = NAMED_PARTIES.flatMap((party) => {
    const name = externalNameOf(record, party);
    return name === null ? [] : [[NAMES[party].id, known[party].get(name)?.id ?? null]];
  });
  return { ...record, ...Object.fromEntries(ids) };
}

/**
 * Returns whether a record names each of the needed objects, in one way, and every object that it names by an external
 * id exists. Errors are added to the findings.
 */
export function checkNames(
  record: Unvalidated,
  needed: readonly NamedParty[],
  known: KnownParties,
  { path, errors }: Findings,
): boolean {
  const before = errors.length;
  for (const party of NAMED_PARTIES) {
    const { id, externalId, what } = NAMES[party];
    const name = externalNameOf(record, party);
    const hasId = (record[id] ?? null) !== null;
    if (name !== null && !hasId && !known[party].has(name)) errors.push(notFound([...path, externalId], what));
    if ((name !== null && hasId) || (needed.includes(party) && name === null && !hasId))
      errors.push(required([...path, id], `Set exactly one of ${id} and ${externalId}.`));
  }
  return errors.length === before;
}

/** Renames the paths of errors and warnings about objects that a record names by external ids. */
export function asNamed(record: Unvalidated, { path, errors, warnings }: Findings): void {
  for (const party of NAMED_PARTIES) {
    if (externalNameOf(record, party) === null) continue;
    const { id, externalId } = NAMES[party];
    const renamed = <Found extends { readonly path: Path }>(found: Found): Found =>
      found.path[path.length] === id
        ? { ...found, path: [...path, externalId, ...found.path.slice(path.length + 1)] }
        : found;
    errors.splice(0, errors.length, ...errors.map(renamed));
    warnings.splice(0, warnings.length, ...warnings.map(renamed));
  }
}
