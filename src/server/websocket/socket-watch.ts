import type { Socket } from 'node:net';
import { CLOSE } from './close-codes.ts';
import type { OpenSocket } from './open-socket.ts';

/** Number of unanswered pings after which a client counts as gone. */
const MISSED_MAX = 2;
/** Maximum burst of messages, in seconds of the sustained rate. */
const BURST_SECONDS = 5;

/** Limits of an open socket. */
export interface SocketWatch {
  /** Ping interval in milliseconds. A client that misses MISSED_MAX pings is disconnected. */
  readonly pingMs: number;
  /** Milliseconds after which a socket without subscriptions and messages is closed. */
  readonly idleMs: number;
  /** Maximum sustained rate of client messages per second, including pings. */
  readonly messagesPerSecond: number;
}

/** Write timeout in milliseconds: a client that reads nothing of its pending data for this long is disconnected. */
const READ_MS = 30_000;

/**
 * Closes sockets that are dead, idle, flooding or not read. A slow client is not dead: while data is pending it is not
 * pinged, but it must read some of the data within READ_MS.
 */
export function watchSocket(socket: OpenSocket, watch: SocketWatch): void {
  const { webSocket, connection } = socket;
  let missed = 0;
  let idleSince = performance.now();
  let allowed = watch.messagesPerSecond * BURST_SECONDS;
  let refilledAt = performance.now();

  webSocket.on('pong', () => {
    missed = 0;
  });
  webSocket.on('message', () => {
    idleSince = performance.now();
    heard();
  });
  webSocket.on('ping', (data) => {
    heard();
    if (socket.isOpen() && !socket.outlet.isFull()) webSocket.pong(data);
  });
  function heard(): void {
    missed = 0;
    const refill = ((performance.now() - refilledAt) / 1_000) * watch.messagesPerSecond;
    allowed = Math.min(allowed + refill, watch.messagesPerSecond * BURST_SECONDS) - 1;
    refilledAt = performance.now();
    if (allowed < 0) socket.cut(CLOSE.TOO_FAST);
  }
  const isStuck = createStuckCheck(socket);
  const timer = setInterval(() => {
    if (isStuck()) return webSocket.terminate();
    if (connection.writableLength > 0) return;
    if (missed >= MISSED_MAX) return webSocket.terminate();
    if (socket.subscriptionCount > 0) idleSince = performance.now();
    else if (performance.now() - idleSince > watch.idleMs) return socket.cut(CLOSE.IDLE);
    missed += 1;
    webSocket.ping();
  }, watch.pingMs);
  webSocket.once('close', () => clearInterval(timer));
}

/** Returns a check whether the client has read nothing of its pending data for READ_MS. */
function createStuckCheck({ connection }: OpenSocket): () => boolean {
  let taken = '';
  let takenAt = performance.now();
  return () => {
    // Progress of a write in flight shows only in the bytes that the kernel has not accepted yet.
    const { bytesWritten, _handle } = connection as Socket & { _handle?: { writeQueueSize?: number } | null };
    const now = `${bytesWritten - connection.writableLength} ${_handle?.writeQueueSize}`;
    if (now !== taken || connection.writableLength === 0) {
      taken = now;
      takenAt = performance.now();
    }
    return performance.now() - takenAt >= READ_MS;
  };
}
