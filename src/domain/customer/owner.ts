import { notFound, type Path, stateConflict, type UserError } from '../errors.ts';
import type { CustomerKind, CustomerStatus } from './customer.ts';

/** A customer for whom something is to be made. */
export interface Owner {
  readonly id: string;
  readonly status: CustomerStatus;
  readonly kind: CustomerKind;
  readonly isBlacklisted: boolean;
}

/** Nothing new is made for a customer that is not there, not ACTIVE, or blacklisted (DOMAIN §4.1). */
export function checkOwner(owner: Owner | undefined, path: Path, errors: UserError[]): void {
  if (!owner) {
    errors.push(notFound(path, 'customer'));
    return;
  }
  const base = { currentStatus: owner.status, blockedBy: [owner.id] };
  if (owner.status !== 'ACTIVE') {
    const message = `The customer is ${owner.status}, it must be ACTIVE.`;
    errors.push(stateConflict(path, { ...base, message }));
  }
  if (owner.isBlacklisted) {
    errors.push(
      stateConflict(path, {
        ...base,
        code: 'BLACKLISTED',
        message: 'The customer is blacklisted, or one with the same id number.',
      }),
    );
  }
}
