import type { IncomingMessage } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';

/** Whose address failures count for: behind so many proxies of ours, what the outermost of them says. */
export function createAddressOf(trustedProxies: number): (request: IncomingMessage) => string {
  return ({ headers, socket }) => {
    const forwarded = String(headers['x-forwarded-for'] ?? '').split(',');
    // Each proxy appends who called it: what stands further left, a caller may have written himself.
    const said = trustedProxies > 0 ? networkOf(withoutPort(forwarded.at(-trustedProxies)?.trim() ?? '')) : null;
    return said ?? networkOf(socket.remoteAddress ?? '') ?? 'unknown';
  };
}

/** Some proxies add the port: `198.51.100.60:44300`, `[2001:db8::1]:443`. */
function withoutPort(address: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(address)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(address)?.[1] ?? address;
}

/** An address of IPv4; of IPv6 the half that a network has to itself, for whoever has one address there has all. Null: it is none. */
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
