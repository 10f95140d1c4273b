import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Identity } from '../services/app.ts';
import { CLOSE, CLOSE_OF_ENDING } from './close-codes.ts';
import type { Connections } from './connections.ts';
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

  /** From here on the socket counts, and ends with its credentials. Closes it when there are too many. */
  takeIn(identity: Identity, connections: Connections): boolean {
    const { webSocket } = this;
    const leave = connections.add({
      identity,
      end: (reason, retryAfterMs) => {
        const [code, words] = CLOSE_OF_ENDING[reason];
        const item = { kind: 'ENDING', reason, retryAfterMs } as const;
        const farewells = [...this.members].map((member) => member.sayEnding(item));
        void Promise.allSettled(farewells).then(() => webSocket.close(code, words));
      },
    });
    if (leave) webSocket.once('close', leave);
    else webSocket.close(...CLOSE.TOO_MANY_CONNECTIONS);
    this.identity = identity;
    return leave !== null;
  }
}
