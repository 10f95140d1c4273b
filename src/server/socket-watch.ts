import { CLOSE } from './close-codes.ts';
import type { OpenSocket } from './open-socket.ts';

/** Who does not answer so many pings is not there. */
const MISSED_MAX = 2;
/** So many messages may come at once, in seconds of the steady rate. */
const BURST_SECONDS = 5;

export interface SocketWatch {
  /** So often a client is asked whether it is there; who does not answer twice is cut. */
  readonly pingMs: number;
  /** A socket on which nothing runs is closed after so long. */
  readonly idleMs: number;
  /** Messages that a client may send, pings among them, on average. */
  readonly messagesPerSecond: number;
}

/**
 * Closes sockets that are dead, idle for long, or flood us. A client that does not read is not dead: while something waits to be
 * sent to it, its kernel answers for it or the connection breaks by itself.
 */
export function watchSocket(socket: OpenSocket, watch: SocketWatch): void {
  const { webSocket, connection } = socket;
  let missed = 0;
  let idleSince = Date.now();
  let allowed = watch.messagesPerSecond * BURST_SECONDS;
  let refilledAt = Date.now();

  webSocket.on('pong', () => {
    missed = 0;
  });
  webSocket.on('message', () => {
    idleSince = Date.now();
    heard();
  });
  webSocket.on('ping', heard);
  function heard(): void {
    missed = 0;
    const refill = ((Date.now() - refilledAt) / 1_000) * watch.messagesPerSecond;
    allowed = Math.min(allowed + refill, watch.messagesPerSecond * BURST_SECONDS) - 1;
    refilledAt = Date.now();
    if (allowed < 0) socket.cut(CLOSE.TOO_FAST);
  }
  const timer = setInterval(() => {
    if (connection.writableLength > 0) return;
    if (missed >= MISSED_MAX) return webSocket.terminate();
    if (socket.subscriptionCount > 0) idleSince = Date.now();
    else if (Date.now() - idleSince > watch.idleMs) return socket.cut(CLOSE.IDLE);
    missed += 1;
    webSocket.ping();
  }, watch.pingMs);
  webSocket.once('close', () => clearInterval(timer));
}
