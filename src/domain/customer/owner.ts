import { notFound, stateConflict } from '../errors.ts';
import type { Findings } from '../warnings.ts';
import type { CustomerKind, CustomerStatus } from './customer.ts';

/** A customer for whom something is to be made. */
export interface Owner {
  readonly id: string;
  readonly status: CustomerStatus;
  readonly kind: CustomerKind;
  /** Who is blacklisted with this identity: the customer, or another with the same id number; null: nobody. */
  readonly blacklistedId: string | null;
}

/** Nothing new is made for a customer that is not there, not ACTIVE, or blacklisted (DOMAIN §4.1). */
export function checkOwner(owner: Owner | undefined, findings: Findings): void {
  const { path, errors } = findings;
  if (!owner) {
    errors.push(notFound(path, 'customer'));
    return;
  }
  const base = { currentStatus: owner.status, blockedBy: [owner.id] };
  if (owner.status !== 'ACTIVE') {
    const message = `The customer is ${owner.status}, it must be ACTIVE.`;
    errors.push(stateConflict(path, { ...base, message }));
  }
  const { blacklistedId } = owner;
  if (blacklistedId !== null) {
    const message =
      blacklistedId === owner.id
        ? 'The customer is blacklisted.'
        : 'A customer with the same id number is blacklisted.';
    errors.push(stateConflict(path, { ...base, code: 'BLACKLISTED', message, blockedBy: [blacklistedId] }));
  }
}
