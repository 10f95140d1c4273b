import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { presentError } from '../../graphql/pipeline/present-errors.ts';
import { type RequestErrorCode, requestError } from '../../graphql/pipeline/request-error.ts';
import type { Metrics, Transport } from '../metrics/metrics.ts';
import { answerBank, type BankTransport, connectorOf } from './bank-http.ts';
import { answerConsole, type Console, isConsolePath } from './console.ts';
import { discardBody } from './discard-body.ts';
import { answerExport, type ExportTransport, exportOf } from './export-http.ts';
import { asksForPage, type GraphiqlPage } from './graphiql.ts';
import { acceptedType, answerGraphql, type GraphqlTransport } from './graphql-http.ts';
import { answerHealth, type Health } from './health.ts';
import { answerPreflight, type Origins } from './origins.ts';
import { refuse, TOKEN_EXPIRED } from './refuse.ts';
import { clientIdOf, newRequestId, withClientId } from './request-id.ts';
import { send } from './send.ts';
import { answerSse, type SseTransport } from './sse.ts';
import { traceRequest } from './trace-request.ts';

const STREAM_PATH = '/graphql/stream';
const EVENT_STREAM = 'text/event-stream';
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD']);
const METHODS: ReadonlySet<string> = new Set(['GET', 'POST']);

/** Milliseconds within which the headers of a request must arrive. */
const HEADERS_TIMEOUT = 10_000;
/** Milliseconds that an idle connection stays open: longer than the minute for which load balancers reuse theirs. */
const KEEP_ALIVE_TIMEOUT = 65_000;
/** Milliseconds between the checks for requests that exceed their timeout. */
const CHECK_INTERVAL = 1_000;

/** What the HTTP server needs. */
export interface HttpTransport extends SseTransport, GraphqlTransport, BankTransport, ExportTransport {
  readonly metrics: Metrics;
  readonly health: Health;
  readonly origins: Origins;
  /** Null when GraphiQL is off. */
  readonly graphiql: GraphiqlPage | null;
  /** Null when the console is off. */
  readonly console: Console | null;
  /** A request that has not fully arrived within this time is cut with status 408. */
  readonly deadlineMs: number;
  /** Maximum number of connections of any kind. */
  readonly connectionsMax: number;
}

/** Creates the HTTP transport, which passes GraphQL requests to the pipeline and streams to the hub. */
export function createHttpServer(transport: HttpTransport): Server {
  const timeouts: ServerOptions = {
    headersTimeout: Math.min(HEADERS_TIMEOUT, transport.deadlineMs),
    requestTimeout: transport.deadlineMs,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
    connectionsCheckingInterval: CHECK_INTERVAL,
    // Clients that offer HTTP/2 continue with HTTP/1.1; `ignoreUpgrade` does it where Node lacks this option.
    ...{ shouldUpgradeCallback: ({ headers }: IncomingMessage) => headers.upgrade?.toLowerCase() === 'websocket' },
  };
  const server = createServer(timeouts, (request, response) => {
    const requestId = newRequestId();
    const app = { ...transport.app, log: withClientId(transport.app.log, clientIdOf(request)) };
    response.once('finish', () => discardBody(request, response));
    const path = pathOf(request);
    void traceRequest(path, request, response, async () => {
      await answer({ ...transport, app }, path, { request, response, requestId }).catch((error: unknown) => {
        const presented = presentError(error, requestId, app);
        if (response.headersSent) response.destroy();
        else refuse(response, presented);
      });
    });
  });
  server.maxConnections = transport.connectionsMax;
  return server;
}

async function answer(
  context: HttpTransport,
  path: string,
  { request, response, requestId }: { request: IncomingMessage; response: ServerResponse; requestId: string },
): Promise<void> {
  const { app, identify, addressOf, metrics, health, origins, graphiql, console } = context;
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('cache-control', 'no-store');
  if (path === '/metrics') return metrics.answer(response);
  if (path === '/livez') return answerHealth(response, null);
  if (path === '/readyz') return answerHealth(response, await health.whyNotReady());
  response.setHeader('x-request-id', requestId);
  const clientRequestId = clientIdOf(request);
  if (clientRequestId !== null) response.setHeader('x-client-request-id', clientRequestId);
  const no = (code: RequestErrorCode, message: string, status?: number): void =>
    refuse(response, presentError(requestError(code, message), requestId, app), status);
  const connectorId = connectorOf(path);
  if (connectorId !== null) return answerBank(context, { request, response, connectorId, address: addressOf(request) });
  if (console && READING.has(request.method ?? '') && isConsolePath(path))
    return answerConsole(console, path, { request, response });
  const exported = exportOf(path);
  if (exported === null && path !== '/graphql' && path !== STREAM_PATH)
    return no('BAD_REQUEST', 'Not found; the API is at /graphql.', 404);
  origins.tell(request, response);
  if (!origins.isAllowed(request))
    return no('FORBIDDEN', 'This web origin may not call the API; the operator can allow it by CORS_ORIGINS.');
  if (request.method === 'OPTIONS') return answerPreflight(request, response);
  if (exported !== null && request.method === 'GET')
    return answerExport(context, exported, { request, response, requestId });
  if (exported !== null || !METHODS.has(request.method ?? '')) {
    const allowed = exported === null ? [...METHODS] : ['GET'];
    response.setHeader('allow', allowed.join(', '));
    return no('BAD_REQUEST', `The method must be ${allowed.join(' or ')}.`, 405);
  }
  if (graphiql && path === '/graphql' && asksForPage(request))
    return send(response, 200, { 'content-type': 'text/html; charset=utf-8' }, graphiql(request));
  if (request.method === 'POST' && !isJson(request.headers['content-type']))
    return no('BAD_REQUEST', 'The content type must be application/json, in UTF-8.', 415);
  const type = acceptedType(request.headers.accept);
  const transport = transportOf(request, path, type !== null);
  metrics.asked(transport, response);
  if (transport === 'SSE') return answerSse(context, { request, response, requestId });
  if (type === null) return no('BAD_REQUEST', 'Responses are in JSON; accept application/json.', 406);
  const address = addressOf(request);
  const identity = await identify.byHeader(request.headers.authorization, address);
  if (identity === 'INVALID') return no('UNAUTHENTICATED', 'The API key or token is not valid.');
  if (identity === 'EXPIRED') return no('TOKEN_EXPIRED', TOKEN_EXPIRED);
  return answerGraphql(context, { request, response, type, requestId, identity, address });
}

/** Path of a request, whose URL may be absolute, as in a request to a proxy. */
function pathOf({ url = '/' }: IncomingMessage): string {
  if (!url.startsWith('/') && URL.canParse(url)) return new URL(url).pathname;
  return url.split('?', 1)[0] ?? '/';
}

function transportOf({ method, headers }: IncomingMessage, path: string, takesJson: boolean): Transport {
  const isStream = path === STREAM_PATH || headers.accept?.includes(EVENT_STREAM) === true;
  if (method === 'POST' && path !== STREAM_PATH && (takesJson || !isStream)) return 'POST';
  return isStream ? 'SSE' : 'GET';
}

function isJson(contentType: string | undefined): boolean {
  return /^application\/json\s*(?:;\s*(?:charset=("?)utf-?8\1\s*)?)*$/i.test(contentType ?? '');
}
