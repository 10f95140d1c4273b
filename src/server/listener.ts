import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAllowances } from '../admission/allowances.ts';
import { createPacer } from '../admission/pacer.ts';
import type { LogFollower } from '../event-log/follow-logs.ts';
import { createPipeline, type PipelineOptions } from '../graphql/pipeline/pipeline.ts';
import type { App } from '../services/app.ts';
import type { LoopReport } from '../services/background-loop.ts';
import { createHub } from './fan-out/hub.ts';
import { createRenderingPoints } from './fan-out/rendering-points.ts';
import type { GraphiqlPage } from './http/graphiql.ts';
import type { Health } from './http/health.ts';
import { createHttpServer } from './http/http.ts';
import { createOrigins } from './http/origins.ts';
import { createIdentify } from './identity/credentials.ts';
import type { TokenVerifier } from './identity/token-verifier.ts';
import { createAddressOf } from './intake/client-address.ts';
import { type ConnectionLimits, createConnections } from './intake/connections.ts';
import type { IntakeLimits } from './intake/intake.ts';
import { createReceiving, type ReceivingLimits } from './intake/receiving.ts';
import type { Metrics } from './metrics/metrics.ts';
import { attachWebSocket, type SocketLimits } from './websocket/websocket.ts';

/** Sockets get so long to say goodbye, requests to be answered; then they are cut. */
const GOODBYE_MS = 5_000;
const FINISH_MS = 15_000;

/** A merchant's heavy texts take about a quarter of a core to read; one that would wait for longer is refused. */
const READING = { pointsPerSecond: 2_500, waitMsMax: 5_000 };

const IDLE_CHECK_MS = 50;
/** Beside sockets and streams, so many connections may be open for requests. */
const REQUESTS_ROOM = 10_000;

export interface ListenerOptions extends Omit<PipelineOptions, 'allowances'> {
  /** GraphiQL; null where there is none. */
  readonly graphiql: GraphiqlPage | null;
  readonly port: number;
  readonly host: string;
  readonly connections: ConnectionLimits;
  readonly sockets: SocketLimits;
  /** What a body, or message of a socket, may hold. */
  readonly intake: IntakeLimits;
  /** Bytes of requests that are held at once. */
  readonly receiving: ReceivingLimits;
  /** Web pages of these origins may call, beside our own. */
  readonly corsOrigins: readonly string[];
  /** So many proxies of ours stand before the port and say in X-Forwarded-For who called. */
  readonly trustedProxies: number;
  /** Wrong credentials of an address that are looked at. */
  readonly authFailuresPerMinute: number;
  /** On stopping, streams end spread over so long: their clients do not come to the other nodes all at once. */
  readonly spreadMs: number;
}

/** What the door opens to. */
export interface ListenerContext {
  readonly app: App;
  readonly follower: LogFollower;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly tokens: TokenVerifier | null;
  readonly onError: (error: unknown) => void;
  readonly reportOf: (loop: string) => LoopReport;
}

/** A port that listens: HTTP, SSE and WebSocket. */
export interface Listener {
  readonly port: number;
  /** Nothing new comes in, streams are ended with their reason, what is under way is finished. */
  close(): Promise<void>;
}

/** Throws what `listen` throws, EADDRINUSE for one. */
export async function openListener(context: ListenerContext, options: ListenerOptions): Promise<Listener> {
  const { app, follower, metrics, health, onError } = context;
  const connections = createConnections(app, options.connections, context.reportOf('revocation'));
  metrics.gauge('gateway_connections', 'Sockets and streams that live on.', connections.count);
  // Requests keep the other half.
  const renderingMax = Math.ceil(app.database.pool.options.max / 2);
  const allowances = createAllowances(options.limits);
  const receiving = createReceiving(options.receiving);
  metrics.gauge('gateway_request_bytes_held', 'Bytes of requests that are received or worked on.', receiving.bytes);
  const answers = createReceiving(options.receiving);
  metrics.gauge(
    'gateway_answer_bytes_held',
    'Bytes of answers over HTTP that their clients have not read yet.',
    answers.bytes,
  );
  const shared = {
    app,
    identify: createIdentify(app, context.tokens, options.authFailuresPerMinute),
    addressOf: createAddressOf(options.trustedProxies),
    origins: createOrigins(options.corsOrigins),
    pipeline: createPipeline(app, { ...options, allowances }),
    hub: createHub(follower, {
      secrets: app.secrets,
      renderingMax,
      points: createRenderingPoints(allowances, options.limits),
      onDelivered: metrics.delivered,
      onError,
    }),
    connections,
    answers,
    intake: { receiving, allowances, pacer: createPacer(READING), limits: options.intake },
    metrics,
  };
  const server = createHttpServer({
    ...shared,
    health,
    graphiql: options.graphiql,
    deadlineMs: options.deadlineMs,
    connectionsMax: options.connections.perNodeMax + REQUESTS_ROOM,
  });
  const webSocket = attachWebSocket(server, shared, options.sockets);
  try {
    await listenOn(server, options.port, options.host);
  } catch (error) {
    await connections.stop();
    throw error;
  }
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      await connections.drain(options.spreadMs);
      const impatient = setTimeout(() => webSocket.terminate(), GOODBYE_MS);
      const hard = setTimeout(() => server.closeAllConnections(), FINISH_MS);
      // Those that finish their request only now are idle only now.
      const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
      await webSocket.close();
      await closed;
      clearInterval(idle);
      clearTimeout(impatient);
      clearTimeout(hard);
      await connections.stop();
    },
  };
}

function listenOn(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
