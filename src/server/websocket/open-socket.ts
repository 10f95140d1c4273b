import type { Duplex } from 'node:stream';
import { MessageType, stringifyMessage } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Payer } from '../../admission/allowances.ts';
import type { Identity } from '../../services/app.ts';
import type { GroupMember } from '../fan-out/member.ts';
import { Outlet } from '../fan-out/outlet.ts';
import { type Connections, GRACE_MS } from '../intake/connections.ts';
import { CLOSE, CLOSE_OF_ENDING, type Close } from './close-codes.ts';

/**
 * Maximum bytes of messages queued for a client; beyond it the socket is cut. A single result may have several
 * megabytes.
 */
const WAITING_BYTES_MAX = 16 * 1_024 * 1_024;

type Message = Parameters<typeof stringifyMessage>[0];

/** An open socket with its identity, its streams and its send queue. */
export class OpenSocket {
  readonly webSocket: WebSocket;
  readonly connection: Duplex;
  readonly outlet: Outlet;
  /** The streams on this socket. */
  readonly members = new Set<GroupMember>();
  /** Number of subscriptions, including those that are being opened. */
  subscriptionCount = 0;
  /** Null before the handshake and for callers without credentials. */
  identity: Identity | null = null;
  payer: Payer;
  private waiting: string[] = [];
  private waitingBytes = 0;
  private isFlushing = false;

  constructor(webSocket: WebSocket, connection: Duplex, address: string) {
    this.webSocket = webSocket;
    this.connection = connection;
    this.outlet = new Outlet(connection);
    this.payer = { id: address, isKnown: false };
  }

  /**
   * Whether the client may still send operations. `ws` delivers messages that arrive after the server has closed the
   * socket.
   */
  isOpen(): boolean {
    return this.webSocket.readyState === this.webSocket.OPEN;
  }

  /** Returns the bytes that the client has not read: those in the connection and those queued before it. */
  unreadBytes(): number {
    return this.waitingBytes + this.connection.writableLength;
  }

  /** Sends a message, or queues it until the connection has room. */
  send(message: Message): void {
    if (!this.isOpen()) return;
    const text = stringifyMessage(message);
    if (!this.isFlushing && !this.outlet.isFull()) {
      this.webSocket.send(text);
      return;
    }
    this.waiting.push(text);
    this.waitingBytes += Buffer.byteLength(text);
    if (this.waitingBytes > WAITING_BYTES_MAX) this.cut(CLOSE.TOO_SLOW);
    else if (!this.isFlushing) void this.flush();
  }

  /** Answers a ping. The payload is not echoed, and no answer is queued for a client that does not read. */
  pong(): void {
    if (this.isOpen() && !this.outlet.isFull()) this.webSocket.send(stringifyMessage({ type: MessageType.Pong }));
  }

  /**
   * Registers the socket as a connection, which ends with its credentials. Returns false when it has closed meanwhile,
   * or when the limit of connections is reached; it is then cut.
   */
  takeIn(identity: Identity | null, connections: Connections): boolean {
    // It may have closed during authentication; its close event will not fire again.
    if (!this.isOpen()) return false;
    const leave = connections.add({
      identity,
      end: async (reason, retryAfterMs) => {
        const item = { kind: 'ENDING', reason, retryAfterMs } as const;
        await Promise.allSettled([...this.members].map((member) => member.sayEnding(item)));
        if (reason === 'SHUTTING_DOWN') this.close(CLOSE_OF_ENDING[reason]);
        else this.cut(CLOSE_OF_ENDING[reason]);
      },
    });
    if (leave) this.webSocket.once('close', leave);
    else this.cut(CLOSE.TOO_MANY_CONNECTIONS);
    this.identity = identity;
    return leave !== null;
  }

  /** Starts the closing handshake, after everything that was written before. Queued messages are dropped. */
  close([code, words]: Close): void {
    this.webSocket.close(code, words);
    this.waiting = [];
    this.waitingBytes = 0;
    // Members that are behind would otherwise continue to read the log.
    for (const member of this.members) member.leave();
  }

  /** Closes the socket, and terminates it after GRACE_MS if the client does not complete the closing handshake. */
  cut(close: Close): void {
    if (!this.isOpen()) return;
    this.close(close);
    const timer = setTimeout(() => this.webSocket.terminate(), GRACE_MS);
    this.webSocket.once('close', () => clearTimeout(timer));
  }

  private async flush(): Promise<void> {
    this.isFlushing = true;
    while (this.isOpen()) {
      if (this.outlet.isFull()) {
        await this.outlet.drained();
        continue;
      }
      const next = this.waiting.shift();
      if (next === undefined) break;
      this.waitingBytes -= Buffer.byteLength(next);
      this.webSocket.send(next);
    }
    this.isFlushing = false;
  }
}
