import type { Socket } from 'node:net';
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

/** A client that takes nothing of what waits for it for so long is cut. */
const READ_MS = 30_000;

/**
 * Closes sockets that are dead, idle for long, flood us, or are not read. A slow client is not dead: while something waits to be sent to
 * it, it is not asked whether it is there, but must take some of it now and then.
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

/** Whether nothing of what waits for a client was taken for so long. */
function createStuckCheck({ connection }: OpenSocket): () => boolean {
  let taken = '';
  let takenAt = performance.now();
  return () => {
    // A write that is under way is seen by what the kernel has not taken of it yet.
    const { bytesWritten, _handle } = connection as Socket & { _handle?: { writeQueueSize?: number } | null };
    const now = `${bytesWritten - connection.writableLength} ${_handle?.writeQueueSize}`;
    if (now !== taken || connection.writableLength === 0) {
      taken = now;
      takenAt = performance.now();
    }
    return performance.now() - takenAt >= READ_MS;
  };
}
