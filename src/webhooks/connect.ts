import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { itemAt } from '../domain/invariants.ts';
import { isPublicAddress } from '../domain/webhook/address.ts';
import { canBePublic, isThisMachine } from '../domain/webhook/endpoint.ts';

/** Thrown in place of a connection to an address that is not one of a public host. */
export class ForbiddenAddress extends Error {}

/** Finds all addresses of a name. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

/** Time for one question to a name server, and the number of times that it is asked. */
const DNS_MS = 2_000;
const DNS_TRIES = 2;

/**
 * Asks the name servers of this machine. The look-up of the operating system would hold one of the few threads that all of Node
 * shares, so that a name server that does not answer would delay everybody.
 */
async function askNameServers(hostname: string): Promise<readonly LookupAddress[]> {
  if (isThisMachine(hostname)) return [{ address: '127.0.0.1', family: 4 }];
  const resolver = new Resolver({ timeout: DNS_MS, tries: DNS_TRIES });
  const [v4, v6] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
  if (v4.status === 'rejected' && v6.status === 'rejected') throw v4.reason;
  return [
    ...(v4.status === 'fulfilled' ? v4.value.map((address) => ({ address, family: 4 })) : []),
    ...(v6.status === 'fulfilled' ? v6.value.map((address) => ({ address, family: 6 })) : []),
  ];
}

/**
 * Returns a lookup for sockets that refuses a name if any of its addresses is not public. A socket connects to the address that was
 * checked, so a name that changes between two lookups gains nothing. `allowsLocal` allows this machine, for development.
 */
export function guardedLookup(allowsLocal: boolean, resolve: Resolve = askNameServers): LookupFunction {
  const isAllowed = ({ address, family }: LookupAddress): boolean =>
    isPublicAddress(address) || (allowsLocal && isThisMachine(family === 6 ? `[${address}]` : address));
  const find = async (hostname: string): Promise<readonly LookupAddress[]> => {
    const addresses = await resolve(hostname);
    if (addresses.length === 0 || !addresses.every(isAllowed)) throw forbidden();
    return addresses;
  };
  return (hostname, options, callback) => {
    find(hostname).then(
      (addresses) => {
        const { address, family } = itemAt(addresses, 0);
        if (options.all) callback(null, [...addresses]);
        else callback(null, address, family);
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };
}

/** Throws ForbiddenAddress for an address written as such, which sockets connect to without a lookup. */
export function refuseForbidden({ hostname }: URL, allowsLocal: boolean): void {
  if (!canBePublic(hostname) && !(allowsLocal && isThisMachine(hostname))) throw forbidden();
}

function forbidden(): ForbiddenAddress {
  return new ForbiddenAddress('The address is not one of a public host.');
}
