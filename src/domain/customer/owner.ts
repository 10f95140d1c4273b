import { notFound, stateConflict } from '../errors.ts';
import type { Findings } from '../findings.ts';
import type { CustomerKind, CustomerStatus } from './customer.ts';

/** The customer for which an object is to be created. */
export interface Owner {
  readonly id: string;
  readonly status: CustomerStatus;
  readonly kind: CustomerKind;
  /**
   * Id of the blacklisted customer with this identity: itself, or another one with the same ID number; null if there is
   * none.
   */
  readonly blacklistedId: string | null;
}

/**
 * Adds an error if the customer does not exist, is not ACTIVE, or is blacklisted: nothing can be created for it
 * (DOMAIN §4.1).
 */
export function checkOwner(owner: Owner | undefined, findings: Findings): void {
  const { path, errors } = findings;
  if (!owner) {
    errors.push(notFound(path, 'customer'));
    return;
  }
  const base = { currentStatus: owner.status, blockedBy: [owner.id] };
  if (owner.status !== 'ACTIVE') {
    const message = `The customer is ${owner.status}; it must be ACTIVE.`;
    errors.push(stateConflict(path, { ...base, message }));
  }
  const { blacklistedId } = owner;
  if (blacklistedId !== null) {
    const message =
      blacklistedId === owner.id
        ? 'The customer is blacklisted.'
        : 'A customer with the same ID number is blacklisted.';
    errors.push(stateConflict(path, { ...base, code: 'BLACKLISTED', message, blockedBy: [blacklistedId] }));
  }
}
