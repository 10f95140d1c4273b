import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Identity } from '../services/app.ts';
import { CLOSE, CLOSE_OF_ENDING, type Close } from './close-codes.ts';
import { type Connections, GRACE_MS } from './connections.ts';
import type { GroupMember } from './streams/member.ts';
import { Outlet } from './streams/outlet.ts';

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

  constructor(webSocket: WebSocket, connection: Duplex) {
    this.webSocket = webSocket;
    this.connection = connection;
    this.outlet = new Outlet(connection);
  }

  /** Whether it may still ask for something. `ws` hands on what a client sends after we have closed. */
  isOpen(): boolean {
    return this.webSocket.readyState === this.webSocket.OPEN;
  }

  /** From here on the socket counts, and ends with its credentials. False, and closed, when there are too many. */
  takeIn(identity: Identity | null, connections: Connections): boolean {
    // It may have gone while we asked who it is: nobody would tell us any more.
    if (!this.isOpen()) return false;
    const leave = connections.add({
      identity,
      end: (reason, retryAfterMs) => {
        const item = { kind: 'ENDING', reason, retryAfterMs } as const;
        const farewells = [...this.members].map((member) => member.sayEnding(item));
        void Promise.allSettled(farewells).then(() => {
          if (reason === 'SHUTTING_DOWN') this.close(CLOSE_OF_ENDING[reason]);
          else this.cut(CLOSE_OF_ENDING[reason]);
        });
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
}
