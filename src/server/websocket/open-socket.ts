import type { Duplex } from 'node:stream';
import { MessageType, stringifyMessage } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Payer } from '../../admission/allowances.ts';
import type { Identity } from '../../services/app.ts';
import type { GroupMember } from '../fan-out/member.ts';
import { Outlet } from '../fan-out/outlet.ts';
import { type Connections, GRACE_MS } from '../intake/connections.ts';
import { CLOSE, CLOSE_OF_ENDING, type Close } from './close-codes.ts';

/** Messages that wait for a client to read: beyond this the socket is cut. A result may be of some megabytes. */
const WAITING_BYTES_MAX = 16 * 1_024 * 1_024;

type Message = Parameters<typeof stringifyMessage>[0];

/** A socket with what runs on it. */
export class OpenSocket {
  readonly webSocket: WebSocket;
  readonly connection: Duplex;
  readonly outlet: Outlet;
  /** The streams on it. */
  readonly members = new Set<GroupMember>();
  /** Those that are being opened count too. */
  subscriptionCount = 0;
  /** Null until it has said who it is, or for nobody. */
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

  /** Whether it may still ask for something. `ws` hands on what a client sends after we have closed. */
  isOpen(): boolean {
    return this.webSocket.readyState === this.webSocket.OPEN;
  }

  /** Bytes that wait to be read by the client, in the connection and before it. */
  unreadBytes(): number {
    return this.waitingBytes + this.connection.writableLength;
  }

  /** Sends a message, once what was written before has been read so far that there is room. */
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

  /** Answers a client that asks whether we are there. Nothing is echoed, and nothing queued for who does not read. */
  pong(): void {
    if (this.isOpen() && !this.outlet.isFull()) this.webSocket.send(stringifyMessage({ type: MessageType.Pong }));
  }

  /** From here on the socket counts, and ends with its credentials. False, and closed, when there are too many. */
  takeIn(identity: Identity | null, connections: Connections): boolean {
    // It may have gone while we asked who it is: nobody would tell us any more.
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

  /** Closes once everything before it was sent and the client agrees. */
  close([code, words]: Close): void {
    this.webSocket.close(code, words);
    this.waiting = [];
    this.waitingBytes = 0;
    // What is behind would read on for nobody.
    for (const member of this.members) member.leave();
  }

  /** Closes whether the client agrees or not. */
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
