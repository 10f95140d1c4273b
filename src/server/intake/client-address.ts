import type { IncomingMessage } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';

/**
 * Returns a function for the client address of a request, to which failures and costs without credentials are counted.
 * With `trustedProxies` proxies in front it is the X-Forwarded-For entry that the outermost of them added, else the
 * peer address.
 */
export function createAddressOf(trustedProxies: number): (request: IncomingMessage) => string {
  return ({ headers, socket }) => {
    const forwarded = String(headers['x-forwarded-for'] ?? '').split(',');
    // Each proxy appends the address of its caller; entries further left may be forged.
    const said = trustedProxies > 0 ? networkOf(withoutPort(forwarded.at(-trustedProxies)?.trim() ?? '')) : null;
    return said ?? networkOf(socket.remoteAddress ?? '') ?? 'unknown';
  };
}

/** Removes the port that some proxies add: `198.51.100.60:44300`, `[2001:db8::1]:443`. */
function withoutPort(address: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(address)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(address)?.[1] ?? address;
}

/**
 * The IPv4 address, or the /64 network of an IPv6 address, because a client has all addresses of its network. Null when
 * the text is not an address.
 */
function networkOf(address: string): string | null {
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1] ?? address;
  if (isIPv4(mapped)) return mapped;
  if (!isIPv6(address)) return null;
  const [left = '', right] = address.split('%', 1)[0]?.split('::') ?? [];
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const zeros = right === undefined ? 0 : 8 - groups(left).length - groups(right).length;
  const all = [...groups(left), ...Array<string>(Math.max(zeros, 0)).fill('0'), ...groups(right ?? '')];
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
