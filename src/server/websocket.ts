import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, type Context as SocketContext } from 'graphql-ws';
import { type Extra, useServer } from 'graphql-ws/use/ws';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import { presentError } from '../graphql/present-errors.ts';
import { CLOSE } from './close-codes.ts';
import type { Connections } from './connections.ts';
import type { Identify } from './credentials.ts';
import { markInexactNumbers } from './exact-json.ts';
import { createGreetings, type Greeting } from './greetings.ts';
import { OpenSocket } from './open-socket.ts';
import type { Origins } from './origins.ts';
import { newRequestId } from './request-id.ts';
import { type OperationsDoor, SocketOperations } from './socket-operations.ts';
import { type SocketWatch, watchSocket } from './socket-watch.ts';

/** A client that does not answer our goodbye is cut. */
const GOODBYE_MS = 5_000;

export interface WebSocketDoor {
  /** Waits until every client has left. */
  close(): Promise<void>;
  /** Cuts the connections of those that have not. */
  terminate(): void;
}

export interface SocketLimits extends SocketWatch {
  /** Subscriptions on a socket at once. */
  readonly subscriptionsMax: number;
}

/**
 * The WebSocket door on `/graphql`, protocol `graphql-transport-ws`. Operations are prepared by ourselves: given a schema alone,
 * graphql-ws would bypass authorisation and the presentation of errors.
 */
export function attachWebSocket(
  server: Server,
  door: OperationsDoor & {
    readonly identify: Identify;
    readonly addressOf: (request: IncomingMessage) => string;
    readonly connections: Connections;
    readonly origins: Origins;
    readonly bodyBytesMax: number;
  },
  limits: SocketLimits,
): WebSocketDoor {
  const options: ServerOptions & { readonly closeTimeout: number } = {
    noServer: true,
    maxPayload: door.bodyBytesMax,
    closeTimeout: GOODBYE_MS,
  };
  const sockets = new WebSocketServer(options);
  const greet = createGreetings();
  const greetings = new WeakMap<OpenSocket, Greeting>();
  const open = new WeakMap<WebSocket, OpenSocket>();
  const operations = new SocketOperations(door, limits.subscriptionsMax);
  const socketOf = (context: SocketContext<Params, Extra>): OpenSocket => {
    const socket = open.get(context.extra.socket);
    if (!socket) throw new Error('a socket speaks that was not let in');
    return socket;
  };

  const protocol = useServer<Params>(
    {
      onConnect: (context) => letIn(socketOf(context), context.connectionParams, door.addressOf(context.extra.request)),
      onSubscribe: (context, id, payload) => operations.prepare(socketOf(context), id, payload),
      execute: (args) => operations.execute(args),
      subscribe: (args) => operations.subscribe(args),
    },
    sockets,
    0, // sockets are watched by ourselves
  );

  /** False closes the socket with 4403, unless it is closed already. */
  async function letIn(socket: OpenSocket, params: Params, address: string): Promise<boolean> {
    const identity = await door.identify.byHeader(authorizationOf(params), address).catch((error: unknown) => {
      // graphql-ws would close with the words of the error. A client tries again after this code by itself.
      presentError(error, newRequestId(), door.app);
      socket.cut(CLOSE.TRY_AGAIN_LATER);
      return 'INVALID' as const;
    });
    if (identity === 'INVALID') return false;
    greetings.get(socket)?.end(identity !== null);
    return socket.takeIn(identity, door.connections);
  }

  server.on('upgrade', (request: IncomingMessage, connection: Duplex, head: Buffer) => {
    // A client may reset the connection at any moment; unheard, that ends the process.
    connection.on('error', () => connection.destroy());
    if (!isOurs(request)) return refuseUpgrade(connection, '400 Bad Request');
    if (!door.origins.isAllowed(request)) return refuseUpgrade(connection, '403 Forbidden');
    const greeting = greet(connection);
    if (greeting === null) return refuseUpgrade(connection, '503 Service Unavailable');
    sockets.handleUpgrade(request, connection, head, (webSocket) => {
      const socket = new OpenSocket(webSocket, connection);
      greetings.set(socket, greeting);
      open.set(webSocket, socket);
      watchSocket(socket, limits);
      sockets.emit('connection', webSocket, request);
      readExactly(socket);
      // A frame that is none, or too large: `ws` has closed with the code for it. graphql-ws would print each, and hear only one.
      webSocket.removeAllListeners('error');
      webSocket.on('error', () => {});
    });
  });

  return {
    terminate() {
      for (const webSocket of sockets.clients) webSocket.terminate();
    },
    async close() {
      for (const webSocket of sockets.clients) webSocket.close(...CLOSE.SERVICE_RESTART);
      await protocol.dispose();
    },
  };
}

/**
 * Messages come as text, which `ws` has checked to be UTF-8; a binary frame would be decoded as it comes. Numbers that cannot be kept are
 * marked before they are parsed.
 */
function readExactly(socket: OpenSocket): void {
  const { webSocket } = socket;
  const listeners = webSocket.listeners('message');
  webSocket.removeAllListeners('message');
  webSocket.on('message', (data, isBinary) => {
    if (isBinary) return socket.cut(CLOSE.NO_MESSAGE);
    const text = markInexactNumbers(String(data));
    for (const listener of listeners) listener.call(webSocket, text, false);
  });
}

function refuseUpgrade(connection: Duplex, status: string): void {
  connection.once('finish', () => connection.destroy());
  connection.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: text/plain\r\n\r\n${status}\n`);
}

type Params = Record<string, unknown> | undefined;

function isOurs(request: IncomingMessage): boolean {
  const offered = request.headers['sec-websocket-protocol']?.split(',').map((name) => name.trim());
  return request.url?.split('?', 1)[0] === '/graphql' && offered?.includes(GRAPHQL_TRANSPORT_WS_PROTOCOL) === true;
}

/** The payload of `connection_init` is written by hand: its keys are taken in any case. */
function authorizationOf(payload: Readonly<Params>): string | undefined {
  const found = Object.entries(payload ?? {}).find(([name]) => name.toLowerCase() === 'authorization');
  return typeof found?.[1] === 'string' ? found[1] : undefined;
}
