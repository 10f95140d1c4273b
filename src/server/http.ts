import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { presentError } from '../graphql/present-errors.ts';
import { acceptedType, answerPost } from './graphql-post.ts';
import { answerHealth, type Health } from './health.ts';
import type { Metrics } from './metrics.ts';
import { answerPreflight, type Origins } from './origins.ts';
import { refuse } from './refuse.ts';
import { newRequestId } from './request-id.ts';
import { answerSse, type SseDoor } from './sse.ts';

const STREAM_PATH = '/graphql/stream';
const EVENT_STREAM = 'text/event-stream';

/** A slow sender is cut; an idle connection outlives the minute that load balancers keep theirs. Milliseconds. */
const TIMEOUTS = { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 65_000 };

export interface HttpDoor extends SseDoor {
  readonly metrics: Metrics;
  readonly health: Health;
  readonly origins: Origins;
}

/** The HTTP door: `POST /graphql` goes straight into the pipeline, streams to the hub, everything else of GraphQL through Yoga. */
export function createHttpServer(door: HttpDoor): Server {
  return createServer(TIMEOUTS, (request, response) => {
    answer(door, request, response).catch((error: unknown) => {
      const { message, extensions } = presentError(error, newRequestId(), door.app);
      if (response.headersSent) response.destroy();
      else refuse(response, extensions.code, message, { extensions });
    });
  });
}

async function answer(door: HttpDoor, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { app, identify, addressOf, pipeline, metrics, health, origins } = door;
  response.setHeader('x-content-type-options', 'nosniff');
  const path = request.url?.split('?', 1)[0] ?? '/';
  if (path === '/metrics') return metrics.answer(response);
  if (path === '/graphql') metrics.watch(path, response);
  if (path === '/livez') return answerHealth(response, true);
  if (path === '/readyz') return answerHealth(response, await health.isReady());
  if (path !== '/graphql' && path !== STREAM_PATH) {
    return refuse(response, 'BAD_REQUEST', 'There is nothing here; the API is at /graphql.', { status: 404 });
  }
  origins.tell(request, response);
  if (!origins.isAllowed(request)) {
    return refuse(response, 'FORBIDDEN', 'Pages of this origin may not call here.');
  }
  if (request.method === 'OPTIONS') return answerPreflight(response);
  if (request.method === 'POST' && !isJson(request.headers['content-type'])) {
    return refuse(response, 'BAD_REQUEST', 'The body must be application/json, in UTF-8.', { status: 415 });
  }
  const requestId = newRequestId();
  const type = acceptedType(request.headers.accept);
  const isPost = request.method === 'POST' && path === '/graphql' && type !== null;
  if (!isPost && (path === STREAM_PATH || request.headers.accept?.includes(EVENT_STREAM))) {
    return answerSse(door, { request, response, requestId });
  }
  const identity = await identify(request.headers.authorization, addressOf(request));
  if (isPost) return answerPost(pipeline, app, { request, response, type, requestId, identity });
  if (identity === 'INVALID') return refuse(response, 'UNAUTHENTICATED', 'The credentials are not valid.');
  response.setHeader('x-request-id', requestId);
  await pipeline.handle(request, response, { requestId, identity });
}

function isJson(contentType: string | undefined): boolean {
  return /^application\/json\s*(;\s*charset=("?)utf-?8\2\s*)?$/i.test(contentType ?? '');
}
