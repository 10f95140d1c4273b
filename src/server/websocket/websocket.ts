import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import { type RawData, type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import { presentError } from '../../graphql/pipeline/present-errors.ts';
import { isObject } from '../http/graphql-params.ts';
import { ignoreUpgrade } from '../http/ignore-upgrade.ts';
import type { Origins } from '../http/origins.ts';
import { newRequestId } from '../http/request-id.ts';
import type { Identify } from '../identity/credentials.ts';
import type { Connections } from '../intake/connections.ts';
import { type Intake, payerOf } from '../intake/intake.ts';
import { CLOSE } from './close-codes.ts';
import { createHandshakeLimit, type Handshake } from './handshake-limit.ts';
import { OpenSocket } from './open-socket.ts';
import { SocketInput } from './socket-input.ts';
import { type OperationTransport, runOnSocket } from './socket-operations.ts';
import { SocketProtocol } from './socket-protocol.ts';
import { type SocketWatch, watchSocket } from './socket-watch.ts';

/** Time for a client to complete the closing handshake before it is cut, in milliseconds. */
const GOODBYE_MS = 5_000;

/** The running WebSocket transport. */
export interface WebSocketListener {
  /** Closes all sockets and resolves when every client has disconnected. */
  close(): Promise<void>;
  /** Terminates the remaining connections. */
  terminate(): void;
}

/** Limits of one socket. */
export interface SocketLimits extends SocketWatch {
  /** Maximum number of concurrent subscriptions on a socket. */
  readonly subscriptionsMax: number;
}

interface WebSocketTransport extends OperationTransport {
  readonly identify: Identify;
  readonly addressOf: (request: IncomingMessage) => string;
  readonly connections: Connections;
  readonly origins: Origins;
  readonly intake: Intake;
}

/** Attaches the WebSocket transport to a server: path `/graphql`, protocol `graphql-transport-ws`. */
export function attachWebSocket(
  server: Server,
  transport: WebSocketTransport,
  limits: SocketLimits,
): WebSocketListener {
  const options: ServerOptions & { readonly closeTimeout: number } = {
    noServer: true,
    maxPayload: transport.intake.limits.bodyBytesMax,
    closeTimeout: GOODBYE_MS,
    autoPong: false, // `ws` would queue pongs without limit for a client that does not read
  };
  const sockets = new WebSocketServer(options);
  const open = new Set<OpenSocket>();
  transport.metrics.gauge(
    'gateway_socket_bytes_buffered',
    'Bytes queued for WebSocket clients that have not read them.',
    () => [...open].reduce((sum, socket) => sum + socket.unreadBytes(), 0),
  );
  const greet = createHandshakeLimit();
  const heard = new WeakSet<Duplex>();

  server.on('upgrade', (request: IncomingMessage, connection: Duplex, head: Buffer) => {
    // A client may reset the connection at any moment; an unhandled error event would end the process.
    if (!heard.has(connection)) connection.on('error', () => connection.destroy());
    heard.add(connection);
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') return ignoreUpgrade(server, request, connection, head);
    if (!isOurs(request)) return refuseUpgrade(connection, '400 Bad Request');
    if (!transport.origins.isAllowed(request)) return refuseUpgrade(connection, '403 Forbidden');
    const address = transport.addressOf(request);
    const greeting = greet(connection, address);
    if (greeting === null) return refuseUpgrade(connection, '503 Service Unavailable');
    sockets.handleUpgrade(request, connection, head, (webSocket) => {
      const socket = serve(transport, limits, { webSocket, connection, greeting, address });
      open.add(socket);
      webSocket.once('close', () => open.delete(socket));
    });
  });

  return {
    terminate() {
      for (const webSocket of sockets.clients) webSocket.terminate();
    },
    async close() {
      const closed = [...sockets.clients].map((webSocket) => {
        webSocket.close(...CLOSE.SERVICE_RESTART);
        return new Promise((resolve) => webSocket.once('close', resolve));
      });
      await Promise.all(closed);
    },
  };
}

interface Upgraded {
  readonly webSocket: WebSocket;
  readonly connection: Duplex;
  readonly greeting: Handshake;
  readonly address: string;
}

/** Serves one socket until it closes. */
function serve(
  transport: WebSocketTransport,
  limits: SocketLimits,
  { webSocket, connection, greeting, address }: Upgraded,
): OpenSocket {
  const socket = new OpenSocket(webSocket, connection, address);
  let inputPoints = 0; // of the message being processed
  const protocol = new SocketProtocol(socket, {
    async letIn(params) {
      const identity = await identify(transport, socket, params, address);
      if (identity === undefined) return false;
      greeting.end(identity !== null);
      socket.payer = payerOf(identity, address);
      return socket.takeIn(identity, transport.connections);
    },
    run: (operation, payload) => runOnSocket(transport, operation, { payload, inputPoints }, limits.subscriptionsMax),
  });
  const input = new SocketInput(socket, transport.intake, (data, points) => {
    inputPoints = points;
    protocol.take(data.toString());
  });
  watchSocket(socket, limits);
  webSocket.once('close', (code) => transport.metrics.closed(code));
  // An invalid or oversized frame: `ws` has already closed the socket with the matching code.
  webSocket.on('error', () => {});
  webSocket.on('message', (data: RawData, isBinary: boolean) => {
    if (isBinary || !Buffer.isBuffer(data)) socket.cut(CLOSE.BAD_MESSAGE);
    else if (socket.isOpen()) input.admit(data);
  });
  return socket;
}

/** Authenticates the parameters of `connection_init`. Closes the socket and returns undefined when they are refused. */
async function identify(transport: WebSocketTransport, socket: OpenSocket, params: Params, address: string) {
  try {
    const identity = await transport.identify.byHeader(authorizationOf(params), address);
    if (identity !== 'INVALID' && identity !== 'EXPIRED') return identity;
    socket.cut(identity === 'EXPIRED' ? CLOSE.EXPIRED : CLOSE.WRONG_CREDENTIALS);
  } catch (error) {
    presentError(error, newRequestId(), transport.app);
    // Clients reconnect on their own after this code.
    socket.cut(CLOSE.TRY_AGAIN_LATER);
  }
  return undefined;
}

function refuseUpgrade(connection: Duplex, status: string): void {
  connection.once('finish', () => connection.destroy());
  connection.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: text/plain\r\n\r\n${status}\n`);
}

type Params = Readonly<Record<string, unknown>>;

function isOurs(request: IncomingMessage): boolean {
  const offered = request.headers['sec-websocket-protocol']?.split(',').map((name) => name.trim());
  return request.url?.split('?', 1)[0] === '/graphql' && offered?.includes(GRAPHQL_TRANSPORT_WS_PROTOCOL) === true;
}

/**
 * Returns the authorization of a `connection_init` payload: a key in any letter case, at the top level or in `headers`.
 */
function authorizationOf(params: Params): string | undefined {
  const { headers } = params;
  for (const fields of [params, isObject(headers) ? headers : {}]) {
    const found = Object.entries(fields).find(([name]) => name.toLowerCase() === 'authorization');
    if (typeof found?.[1] === 'string') return found[1];
  }
  return undefined;
}
