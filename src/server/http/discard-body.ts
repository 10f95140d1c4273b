import type { IncomingMessage, ServerResponse } from 'node:http';

/** Maximum bytes of an unread body that are discarded after its response. */
const BYTES_MAX = 32 * 1_024 * 1_024;
/** The same maximum after a response that refuses load: see LIMITED. */
const BYTES_OF_LIMITED_MAX = 256 * 1_024;
const LIMITED: ReadonlySet<number> = new Set([429, 503]);
/** Maximum time for discarding a body. */
const DISCARD_MS = 5_000;
const CHECK_MS = 100;

/**
 * Reads and discards the rest of a body whose request was already answered, so that the connection can serve its next
 * request. Beyond the limits of bytes and time the connection is cut. Left unread, the body would block the next
 * request of a pooled client.
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
