import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isPublicAddress } from '../domain/webhook/address.ts';
import { canBePublic, isThisMachine } from '../domain/webhook/endpoint.ts';

/** Thrown in place of a connection to an address that is not one of a public host. */
export class ForbiddenAddress extends Error {}

/** Finds all addresses of a name. */
export type Resolve = (
  hostname: string,
  options: { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Returns a lookup for sockets that refuses a name if any of its addresses is not public. A socket connects to the address that was
 * checked, so a name that changes between two lookups gains nothing. `allowsLocal` allows this machine, for development.
 */
export function guardedLookup(allowsLocal: boolean, resolve: Resolve = lookup): LookupFunction {
  const isAllowed = ({ address, family }: LookupAddress): boolean =>
    isPublicAddress(address) || (allowsLocal && isThisMachine(family === 6 ? `[${address}]` : address));
  return (hostname, options, callback) => {
    resolve(hostname, { all: true }, (error, addresses) => {
      if (error) return callback(error, '');
      const [first] = addresses;
      if (!first || !addresses.every(isAllowed)) return callback(forbidden(), '');
      if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

/** Throws ForbiddenAddress for an address written as such, which sockets connect to without a lookup. */
export function refuseForbidden({ hostname }: URL, allowsLocal: boolean): void {
  if (!canBePublic(hostname) && !(allowsLocal && isThisMachine(hostname))) throw forbidden();
}

function forbidden(): ForbiddenAddress {
  return new ForbiddenAddress('The address is not one of a public host.');
}
