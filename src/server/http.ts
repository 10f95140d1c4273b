import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { presentError } from '../graphql/present-errors.ts';
import { acceptedType, answerPost } from './graphql-post.ts';
import { answerHealth, type Health } from './health.ts';
import type { Metrics, Transport } from './metrics.ts';
import { answerPreflight, type Origins } from './origins.ts';
import { refuse } from './refuse.ts';
import { newRequestId } from './request-id.ts';
import { answerSse, type SseDoor } from './sse.ts';

const STREAM_PATH = '/graphql/stream';
const EVENT_STREAM = 'text/event-stream';

/** Milliseconds. */
const HEADERS_TIMEOUT = 10_000;
/** An idle connection outlives the minute that load balancers keep theirs. */
const KEEP_ALIVE_TIMEOUT = 65_000;
/** How late a slow sender is found. */
const CHECK_INTERVAL = 1_000;

export interface HttpDoor extends SseDoor {
  readonly metrics: Metrics;
  readonly health: Health;
  readonly origins: Origins;
  /** A request that has not arrived by then is cut: 408. */
  readonly deadlineMs: number;
}

/** The HTTP door: `POST /graphql` goes straight into the pipeline, streams to the hub, everything else of GraphQL through Yoga. */
export function createHttpServer(door: HttpDoor): Server {
  const timeouts = {
    headersTimeout: Math.min(HEADERS_TIMEOUT, door.deadlineMs),
    requestTimeout: door.deadlineMs,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
    connectionsCheckingInterval: CHECK_INTERVAL,
  };
  return createServer(timeouts, (request, response) => {
    answer(door, request, response).catch((error: unknown) => {
      const { message, extensions } = presentError(error, newRequestId(), door.app);
      if (response.headersSent) response.destroy();
      else refuse(response, extensions.code, message, { extensions });
    });
  });
}

async function answer(door: HttpDoor, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { identify, addressOf, pipeline, metrics, health, origins } = door;
  response.setHeader('x-content-type-options', 'nosniff');
  const path = request.url?.split('?', 1)[0] ?? '/';
  if (path === '/metrics') return metrics.answer(response);
  if (path === '/livez') return answerHealth(response, true);
  if (path === '/readyz') return answerHealth(response, await health.isReady());
  if (path !== '/graphql' && path !== STREAM_PATH) {
    return refuse(response, 'BAD_REQUEST', 'There is nothing here; the API is at /graphql.', { status: 404 });
  }
  const type = acceptedType(request.headers.accept);
  const transport = transportOf(request, path, type !== null);
  metrics.asked(transport, response);
  origins.tell(request, response);
  if (!origins.isAllowed(request)) {
    return refuse(response, 'FORBIDDEN', 'Pages of this origin may not call here.');
  }
  if (request.method === 'OPTIONS') return answerPreflight(response);
  if (request.method === 'POST' && !isJson(request.headers['content-type'])) {
    return refuse(response, 'BAD_REQUEST', 'The body must be application/json, in UTF-8.', { status: 415 });
  }
  const requestId = newRequestId();
  if (transport === 'SSE') return answerSse(door, { request, response, requestId });
  if (transport === 'POST' && type === null) {
    return refuse(response, 'BAD_REQUEST', 'Answers are in JSON: accept application/json.', { status: 406 });
  }
  const identity = await identify(request.headers.authorization, addressOf(request));
  if (transport === 'POST' && type !== null) return answerPost(door, { request, response, type, requestId, identity });
  if (identity === 'INVALID') return refuse(response, 'UNAUTHENTICATED', 'The credentials are not valid.');
  response.setHeader('x-request-id', requestId);
  await pipeline.handle(request, response, { requestId, identity });
}

function transportOf({ method, headers }: IncomingMessage, path: string, takesJson: boolean): Transport {
  const isStream = path === STREAM_PATH || headers.accept?.includes(EVENT_STREAM) === true;
  if (method === 'POST' && path !== STREAM_PATH && (takesJson || !isStream)) return 'POST';
  return isStream ? 'SSE' : 'GET';
}

function isJson(contentType: string | undefined): boolean {
  return /^application\/json\s*(;\s*charset=("?)utf-?8\2\s*)?$/i.test(contentType ?? '');
}
