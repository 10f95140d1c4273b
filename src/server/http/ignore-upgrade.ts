import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * Serves a request that would upgrade to a protocol we do not speak, as HTTP/2 in clear, by HTTP/1.1, as RFC 9110 §7.8 lets a server do.
 * Node 20 hands such a request over as an upgrade, its body unread: its head is put back before the body without the wish, and the server's
 * own parser reads it anew. Later versions do not come here, by `shouldUpgradeCallback`.
 */
export function ignoreUpgrade(server: Server, request: IncomingMessage, connection: Duplex, rest: Buffer): void {
  const { method, url, httpVersion, rawHeaders } = request;
  // Node has left headers out: where the body ends may be among them.
  if (rawHeaders.length >= RAW_HEADERS_MAX) {
    connection.end('HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    connection.once('finish', () => connection.destroy());
    return;
  }
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    const value = rawHeaders[at + 1] ?? '';
    if (name.toLowerCase() === 'connection') lines.push(`${name}: ${withoutWishes(value)}`);
    else if (!WISHES.has(name.toLowerCase())) lines.push(`${name}: ${value}`);
  }
  connection.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), rest]));
  server.emit('connection', connection);
}

/** What says that a connection is to be upgraded. */
const WISHES: ReadonlySet<string> = new Set(['upgrade', 'http2-settings']);

/** Node keeps two thousand names and values. */
const RAW_HEADERS_MAX = 2_000;

function withoutWishes(connection: string): string {
  const kept = connection.split(',').filter((token) => !WISHES.has(token.trim().toLowerCase()));
  return kept.join(',').trim();
}
