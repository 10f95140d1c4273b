import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAllowances } from '../admission/allowances.ts';
import { createFairGate } from '../admission/fair-gate.ts';
import { createPacer } from '../admission/pacer.ts';
import type { LogFollower } from '../event-log/follow-logs.ts';
import { createPipeline, type PipelineOptions } from '../graphql/pipeline/pipeline.ts';
import { warmUp } from '../graphql/pipeline/warm-up.ts';
import type { App } from '../services/app.ts';
import type { LoopReport } from '../services/background-loop.ts';
import type { KnownConnectors } from '../services/connectors/banks.ts';
import { startWebhooks } from '../webhooks/start.ts';
import { createHub } from './fan-out/hub.ts';
import { createRenderingPoints } from './fan-out/rendering-points.ts';
import type { Console } from './http/console.ts';
import type { ExportLimits } from './http/export-http.ts';
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
import { openSelections } from './open-selections.ts';
import { attachWebSocket, type SocketLimits } from './websocket/websocket.ts';

/** Time for the closing handshake of sockets when the listener stops; then they are cut. */
const GOODBYE_MS = 5_000;
/** Time for in-flight requests to finish when the listener stops; then their connections are cut. */
const FINISH_MS = 15_000;

/**
 * Pace of parsing large bodies: about a quarter of a core per merchant. A body that would wait longer than `waitMsMax`
 * is refused.
 */
const READING = { pointsPerSecond: 2_500, waitMsMax: 5_000 };

/** Interval at which idle keep-alive connections are closed while the listener stops. */
const IDLE_CHECK_MS = 50;
/** Connections allowed for requests, in addition to those of sockets and streams. */
const REQUESTS_ROOM = 10_000;

/** Address and limits of a listener. */
export interface ListenerOptions extends Omit<PipelineOptions, 'allowances'> {
  /** The GraphiQL page; null when it is off. */
  readonly graphiql: GraphiqlPage | null;
  /** The console; null when it is off. */
  readonly console: Console | null;
  readonly port: number;
  readonly host: string;
  readonly connections: ConnectionLimits;
  readonly sockets: SocketLimits;
  /** Limits of a body, or of a message of a socket. */
  readonly intake: IntakeLimits;
  /** Limits of the bytes of requests held at once, and of the bytes of responses. */
  readonly receiving: ReceivingLimits;
  /** Web origins that may call, in addition to our own. */
  readonly corsOrigins: readonly string[];
  /** Number of trusted proxies in front of the port that append to X-Forwarded-For. */
  readonly trustedProxies: number;
  /** Failed authentication attempts allowed per address and minute. */
  readonly authFailuresPerMinute: number;
  /**
   * Time over which streams are ended when the listener stops, so that their clients do not reach the other nodes all
   * at once.
   */
  readonly spreadMs: number;
  /** By default those of `answerExport`. */
  readonly exportLimits?: ExportLimits;
}

/** What a listener needs from its node. */
export interface ListenerContext {
  readonly app: App;
  /** The same app with the database connections of background work. */
  readonly background: App;
  readonly connectors: KnownConnectors;
  readonly follower: LogFollower;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly tokens: TokenVerifier | null;
  readonly onError: (error: unknown) => void;
  readonly reportOf: (loop: string) => LoopReport;
}

/** An open port that serves HTTP, SSE and WebSocket. */
export interface Listener {
  readonly port: number;
  /** Looks for events to deliver to webhook endpoints now. */
  wakeWebhooks(): void;
  /** Stops accepting connections, ends streams with their reason and waits for in-flight requests. */
  close(): Promise<void>;
}

/** Opens the port. Rejects with the error of `listen`, for example EADDRINUSE. */
export async function openListener(context: ListenerContext, options: ListenerOptions): Promise<Listener> {
  const { app, connectors, follower, metrics, health, onError } = context;
  const connections = createConnections(app, options.connections, context.reportOf('revocation'));
  metrics.gauge('gateway_connections', 'Open WebSocket connections, SSE streams and exports.', connections.count);
  // Streams use at most half of the database connections; requests keep the other half.
  const renderingMax = Math.ceil(app.database.pool.options.max / 2);
  const allowances = createAllowances(options.limits);
  const receiving = createReceiving(options.receiving);
  metrics.gauge(
    'gateway_request_bytes_held',
    'Bytes of request bodies and socket messages held in memory while they are received or processed.',
    receiving.bytes,
  );
  const answers = createReceiving(options.receiving);
  metrics.gauge(
    'gateway_answer_bytes_held',
    'Bytes of HTTP responses held in memory until their clients have read them.',
    answers.bytes,
  );
  const rendering = createFairGate({ slots: renderingMax, slotsPerClient: Math.ceil(renderingMax * 0.75) });
  const points = createRenderingPoints(allowances, options.limits);
  const shared = {
    app,
    identify: createIdentify(app, context.tokens, options.authFailuresPerMinute),
    addressOf: createAddressOf(options.trustedProxies),
    origins: createOrigins(options.corsOrigins),
    pipeline: createPipeline(app, { ...options, allowances }),
    hub: createHub(follower, {
      secrets: app.secrets,
      rendering,
      points,
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
    connectors,
    health,
    graphiql: options.graphiql,
    console: options.console,
    ...(options.exportLimits ? { exportLimits: options.exportLimits } : {}),
    deadlineMs: options.deadlineMs,
    connectionsMax: options.connections.perNodeMax + REQUESTS_ROOM,
  });
  const webhooks = startWebhooks(context.background, {
    open: openSelections(shared.pipeline, points),
    rendering,
    reportOf: context.reportOf,
  });
  metrics.gauge('gateway_webhook_endpoints_served', 'Webhook endpoints that are being delivered to.', webhooks.count);
  const webSocket = attachWebSocket(server, shared, options.sockets);
  try {
    await warmUp(shared.pipeline).catch((error: unknown) =>
      app.log.debug({ err: error }, 'the warm-up failed; the first requests will be slow'),
    );
    await listenOn(server, options.port, options.host);
  } catch (error) {
    await Promise.all([connections.stop(), webhooks.stop()]);
    throw error;
  }
  return {
    port: (server.address() as AddressInfo).port,
    wakeWebhooks: webhooks.wake,
    async close() {
      const stopped = webhooks.stop();
      await closeServer(server, webSocket, connections, options.spreadMs);
      await stopped;
    },
  };
}

/** Stops accepting connections, ends streams over a time and waits for in-flight requests; what takes too long is cut. */
async function closeServer(
  server: Server,
  webSocket: ReturnType<typeof attachWebSocket>,
  connections: ReturnType<typeof createConnections>,
  spreadMs: number,
): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  await connections.drain(spreadMs);
  const impatient = setTimeout(() => webSocket.terminate(), GOODBYE_MS);
  const hard = setTimeout(() => server.closeAllConnections(), FINISH_MS);
  // A connection becomes idle only when its in-flight request finishes, so look repeatedly.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  await webSocket.close();
  await closed;
  clearInterval(idle);
  clearTimeout(impatient);
  clearTimeout(hard);
  await connections.stop();
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
