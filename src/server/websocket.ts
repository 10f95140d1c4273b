import type { Server } from 'node:http';
import type { ExecutionArgs, ExecutionResult } from 'graphql';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, type Context as SocketContext } from 'graphql-ws';
import { type Extra, useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { Pipeline } from '../graphql/pipeline.ts';
import { presentError, presentResult } from '../graphql/present-errors.ts';
import { isStream, presentStream } from '../graphql/present-stream.ts';
import type { App } from '../services/app.ts';
import type { Identity } from '../services/authenticate.ts';
import type { Identify } from './credentials.ts';
import { newRequestId } from './request-id.ts';

const FRAME_BYTES_MAX = 8 * 1_024 * 1_024;
const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;

interface Connection {
  identity: Identity | null;
  [key: PropertyKey]: unknown;
}
type Socket = SocketContext<Record<string, unknown> | undefined, Extra & Partial<Connection>>;
type Enveloped = ReturnType<Pipeline['getEnveloped']>;

export interface WebSocketDoor {
  /** Asks every client to leave, and waits until all have. */
  close(): Promise<void>;
  /** Cuts the connections of those that have not. */
  terminate(): void;
}

/**
 * The WebSocket door on `/graphql`, protocol `graphql-transport-ws`. Each operation goes through the same pipeline as a
 * request over HTTP: given a schema alone, graphql-ws would bypass authorisation and the presentation of errors.
 */
export function attachWebSocket(server: Server, app: App, identify: Identify, pipeline: Pipeline): WebSocketDoor {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: FRAME_BYTES_MAX });
  const running = new WeakMap<ExecutionArgs, { enveloped: Enveloped; requestId: string }>();
  const envelopedOf = (args: ExecutionArgs): Enveloped => {
    const known = running.get(args)?.enveloped;
    if (!known) throw new Error('an operation runs that was not prepared');
    return known;
  };

  const protocol = useServer<Record<string, unknown>, Connection>(
    {
      async onConnect(context: Socket) {
        const identity = await identify(authorizationOf(context.connectionParams)).catch((error: unknown) => {
          // graphql-ws would close with the words of the error. A client tries again after this code by itself.
          presentError(error, newRequestId(), app.log);
          context.extra.socket.close(TRY_AGAIN_LATER, 'try again later');
          return 'INVALID' as const;
        });
        if (identity === 'INVALID') return false; // closed with 4403, unless it is closed already
        context.extra.identity = identity;
        return true;
      },
      async onSubscribe(context, _id, { query, variables = null, operationName = null }) {
        const requestId = newRequestId();
        const enveloped = pipeline.getEnveloped({ requestId, identity: context.extra.identity ?? null });
        const { parse, validate, contextFactory, schema } = enveloped;
        try {
          const document = parse(query);
          const errors: readonly Error[] = validate(schema, document);
          if (errors.length > 0) return errors.map((error) => presentError(error, requestId, app.log));
          const args = {
            schema,
            document,
            operationName,
            variableValues: variables,
            contextValue: await contextFactory(),
          };
          running.set(args, { enveloped, requestId });
          return args;
        } catch (error) {
          return [presentError(error, requestId, app.log)];
        }
      },
      execute: async (args) => present(() => envelopedOf(args).execute(args), args),
      subscribe: async (args) => present(() => envelopedOf(args).subscribe(args), args),
    },
    sockets,
  );

  async function present(run: () => unknown, args: ExecutionArgs): Promise<never> {
    const requestId = running.get(args)?.requestId ?? '';
    try {
      const result = (await run()) as ExecutionResult | AsyncIterable<ExecutionResult>;
      return (
        isStream(result) ? presentStream(result, requestId, app.log) : presentResult(result, requestId, app.log)
      ) as never;
    } catch (error) {
      return { errors: [presentError(error, requestId, app.log)] } as never;
    }
  }

  server.on('upgrade', (request, socket, head) => {
    // A client may reset the connection at any moment; unheard, that ends the process.
    socket.on('error', () => socket.destroy());
    const isOurs = request.url?.split('?', 1)[0] === '/graphql';
    const offered = request.headers['sec-websocket-protocol']?.split(',').map((name) => name.trim());
    if (!isOurs || !offered?.includes(GRAPHQL_TRANSPORT_WS_PROTOCOL)) {
      socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => sockets.emit('connection', webSocket, request));
  });

  return {
    terminate() {
      for (const socket of sockets.clients) socket.terminate();
    },
    async close() {
      for (const socket of sockets.clients) socket.close(GOING_AWAY, 'going away, resume with your cursor');
      await protocol.dispose();
    },
  };
}

/** The payload of `connection_init` is written by hand: its keys are taken in any case. */
function authorizationOf(payload: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const found = Object.entries(payload ?? {}).find(([name]) => name.toLowerCase() === 'authorization');
  return typeof found?.[1] === 'string' ? found[1] : undefined;
}
