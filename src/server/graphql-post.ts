import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { prepareOperation } from '../graphql/operation.ts';
import type { Pipeline } from '../graphql/pipeline.ts';
import { presentError, presentResult } from '../graphql/present-errors.ts';
import { REQUEST_ERRORS, type RequestErrorCode, requestError } from '../graphql/request-error.ts';
import type { App, Identity } from '../services/app.ts';
import { readParams } from './graphql-params.ts';
import { bodyLimit } from './read-body.ts';
import { retryAfter } from './refuse.ts';

const RESPONSE_JSON = 'application/graphql-response+json';
const JSON_TYPE = 'application/json';

export type MediaType = typeof RESPONSE_JSON | typeof JSON_TYPE;

/** Which of our two media types a client takes, the more exact first; null when neither. */
export function acceptedType(accept: string | undefined): MediaType | null {
  if (accept === undefined) return JSON_TYPE;
  for (const range of accept.split(',')) {
    const type = range.split(';')[0]?.trim().toLowerCase();
    if (type === RESPONSE_JSON) return RESPONSE_JSON;
    if (type === JSON_TYPE || type === 'application/*' || type === '*/*') return JSON_TYPE;
  }
  return null;
}

export interface PostDoor {
  readonly app: App;
  readonly pipeline: Pipeline;
  /** A larger body is not read. */
  readonly bodyBytesMax: number;
}

export interface GraphqlPost {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly type: MediaType;
  readonly requestId: string;
  readonly identity: Identity | null | 'INVALID';
}

/** Answers `POST /graphql`: the pipeline called from `node:http`, at a fifth of the cost of a fetch API in between. */
export async function answerPost(door: PostDoor, post: GraphqlPost): Promise<void> {
  const { type, requestId } = post;
  const { result, code, isMalformed } = await run(door, post);
  // By GraphQL over HTTP, `application/json` answers 200 to whatever is well-formed: older clients read only that.
  const isPlain =
    type === JSON_TYPE &&
    !isMalformed &&
    (code === 'PARSE_FAILED' || code === 'VALIDATION_FAILED' || code === 'BAD_REQUEST');
  const status = code === null || isPlain ? 200 : REQUEST_ERRORS[code].status;
  const body = JSON.stringify(result);
  post.response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-request-id': requestId,
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...retryAfter(result.data ? undefined : result.errors?.[0]?.extensions),
  });
  post.response.end(body);
}

interface Answer {
  readonly result: ExecutionResult;
  /** Why nothing was executed; null when something was. */
  readonly code: RequestErrorCode | null;
  /** The body was no GraphQL request at all. */
  readonly isMalformed: boolean;
}

async function run(
  { app, pipeline, bodyBytesMax }: PostDoor,
  { request, requestId, identity }: GraphqlPost,
): Promise<Answer> {
  const refuse = (error: unknown, isMalformed = false): Answer => {
    const presented = presentError(error, requestId, app);
    return { result: { errors: [presented] }, code: presented.extensions.code, isMalformed };
  };
  try {
    if (identity === 'INVALID') return refuse(requestError('UNAUTHENTICATED', 'The credentials are not valid.'));
    const params = await readParams(request, bodyLimit(identity, bodyBytesMax));
    if ('refusal' in params) return refuse(params.refusal, true);
    const operation = await prepareOperation(pipeline, { requestId, identity }, params);
    const result = 'errors' in operation ? operation : await operation.execute();
    const presented = presentResult(result, requestId, app);
    const code = 'data' in presented ? null : (presented.errors?.[0]?.extensions['code'] as RequestErrorCode);
    return { result: presented, code, isMalformed: false };
  } catch (error) {
    return refuse(error);
  }
}
