import type { IncomingMessage } from 'node:http';

/** Whose address failures count for: behind so many proxies of ours, what the outermost of them says. */
export function createAddressOf(trustedProxies: number): (request: IncomingMessage) => string {
  return ({ headers, socket }) => {
    const forwarded = String(headers['x-forwarded-for'] ?? '')
      .split(',')
      .map((address) => address.trim())
      .filter((address) => address !== '');
    // Each proxy appends who called it: what stands further left, a caller may have written himself.
    const said = trustedProxies > 0 ? forwarded.at(-trustedProxies) : undefined;
    return said ?? socket.remoteAddress ?? 'unknown';
  };
}
