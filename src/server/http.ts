import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Pipeline } from '../graphql/pipeline.ts';
import { presentError } from '../graphql/present-errors.ts';
import { REQUEST_ERRORS, type RequestErrorCode } from '../graphql/request-error.ts';
import type { App } from '../services/app.ts';
import type { Identify } from './credentials.ts';
import { acceptedType, answerPost } from './graphql-post.ts';
import type { Metrics } from './metrics.ts';
import { newRequestId } from './request-id.ts';

const STREAM_PATH = '/graphql/stream';
const METRICS_PATH = '/metrics';
const EVENT_STREAM = 'text/event-stream';

export interface HttpDoor {
  readonly server: Server;
  /** Ends the streams over SSE, which would not end by themselves. */
  endStreams(): void;
}

/** The HTTP door: `POST /graphql` goes straight into the pipeline, everything else of GraphQL through Yoga. */
export function createHttpServer(app: App, identify: Identify, pipeline: Pipeline, metrics: Metrics): HttpDoor {
  const streams = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    answer({ app, identify, pipeline, metrics, streams }, request, response).catch((error: unknown) => {
      const { message, extensions } = presentError(error, newRequestId(), app.log);
      if (response.headersSent) response.destroy();
      else send(response, REQUEST_ERRORS[extensions.code].status, extensions.code, message, extensions);
    });
  });
  return {
    server,
    endStreams() {
      for (const response of streams) if (isStreaming(response)) response.end();
    },
  };
}

/** Only what has begun to stream: a request that is still at work is answered first. */
function isStreaming(response: ServerResponse): boolean {
  return response.headersSent && String(response.getHeader('content-type')).startsWith(EVENT_STREAM);
}

interface Door {
  readonly app: App;
  readonly identify: Identify;
  readonly pipeline: Pipeline;
  readonly metrics: Metrics;
  readonly streams: Set<ServerResponse>;
}

async function answer(
  { app, identify, pipeline, metrics, streams }: Door,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = pathOf(request);
  if (path === METRICS_PATH) return metrics.answer(response);
  if (path !== '/graphql' && path !== STREAM_PATH) {
    return send(response, 404, 'BAD_REQUEST', 'There is nothing here; the API is at /graphql.');
  }
  if (request.method === 'POST' && !isJson(request.headers['content-type'])) {
    return send(response, 415, 'BAD_REQUEST', 'The body must be application/json, in UTF-8.');
  }
  const requestId = newRequestId();
  const identity = await identify(request.headers.authorization);
  const type = acceptedType(request.headers.accept);
  if (request.method === 'POST' && path === '/graphql' && type !== null) {
    return answerPost(pipeline, app.log, { request, response, type, requestId, identity });
  }
  if (identity === 'INVALID') return send(response, 401, 'UNAUTHENTICATED', 'The credentials are not valid.');
  if (path === STREAM_PATH) {
    request.url = request.url?.replace(STREAM_PATH, '/graphql') ?? '/graphql';
    request.headers.accept = EVENT_STREAM;
  }
  response.setHeader('x-request-id', requestId);
  streams.add(response);
  response.once('close', () => streams.delete(response));
  await pipeline.handle(request, response, { requestId, identity });
}

function pathOf(request: IncomingMessage): string {
  return request.url?.split('?', 1)[0] ?? '/';
}

function isJson(contentType: string | undefined): boolean {
  return /^application\/json\s*(;\s*charset=("?)utf-?8\2\s*)?$/i.test(contentType ?? '');
}

function send(response: ServerResponse, status: number, code: RequestErrorCode, message: string, more = {}): void {
  const body = JSON.stringify({ errors: [{ message, extensions: { code, retryable: false, ...more } }] });
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}
