import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** Who takes nothing of an answer for so long, or twice that, is cut: Node looks once whether something has moved. */
const READ_MS = 30_000;

/** Sends a whole answer. */
export function send(
  response: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders,
  body: string | Buffer,
): void {
  response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers });
  response.end(body);
  // Node takes it back when all was sent.
  response.socket?.setTimeout(READ_MS);
}
