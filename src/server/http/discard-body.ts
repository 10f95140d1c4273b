import type { IncomingMessage, ServerResponse } from 'node:http';

/** How much of a body is read and thrown away once its request was answered, and for how long. */
const BYTES_MAX = 32 * 1_024 * 1_024;
/** Of one who is refused for sending too much, less. */
const BYTES_OF_LIMITED_MAX = 256 * 1_024;
const LIMITED: ReadonlySet<number> = new Set([429, 503]);
const DISCARD_MS = 5_000;
const CHECK_MS = 100;

/**
 * Reads what is left of a body whose request was answered already, so that the connection serves the next request; beyond a bound the
 * connection is cut. Left unread, the body would stand before the next request of a pooled client.
 */
export function discardBody(request: IncomingMessage, { statusCode }: ServerResponse): void {
  if (request.complete) return;
  const { socket } = request;
  const bytesMax = socket.bytesRead + (LIMITED.has(statusCode) ? BYTES_OF_LIMITED_MAX : BYTES_MAX);
  const until = performance.now() + DISCARD_MS;
  request.resume();
  const timer = setInterval(() => {
    if (!request.complete && (socket.bytesRead > bytesMax || performance.now() > until)) socket.destroy();
    if (request.complete || socket.destroyed) clearInterval(timer);
  }, CHECK_MS);
}
