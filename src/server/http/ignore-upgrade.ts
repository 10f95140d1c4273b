import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * Serves by HTTP/1.1 a request that asks for an upgrade to an unsupported protocol, such as HTTP/2 in clear, as RFC
 * 9110 §7.8 allows. Node 20 hands over such a request as an upgrade, its body unread: its head is written back before
 * the body without the upgrade headers, and the parser of the server reads it again. Later versions use
 * `shouldUpgradeCallback` and never call this.
 */
export function ignoreUpgrade(server: Server, request: IncomingMessage, connection: Duplex, rest: Buffer): void {
  const { method, url, httpVersion, rawHeaders } = request;
  // Node has dropped headers, which may include the length of the body.
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

/** Headers, and tokens of `Connection`, that ask for an upgrade. */
const WISHES: ReadonlySet<string> = new Set(['upgrade', 'http2-settings']);

/** Maximum number of header names and values, counted together, that Node keeps. */
const RAW_HEADERS_MAX = 2_000;

function withoutWishes(connection: string): string {
  const kept = connection.split(',').filter((token) => !WISHES.has(token.trim().toLowerCase()));
  return kept.join(',').trim();
}
