import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/**
 * Write timeout in milliseconds. A client that reads nothing is disconnected after once to twice this time, because
 * Node checks for progress at this interval.
 */
const READ_MS = 30_000;

/** Sends a complete response. */
export function send(
  response: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders,
  body: string | Buffer,
): void {
  response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers });
  response.end(body);
  // Node clears the timeout when everything was sent.
  response.socket?.setTimeout(READ_MS);
}
