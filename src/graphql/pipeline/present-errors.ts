import { type ExecutionResult, GraphQLError } from 'graphql';
import { Busy } from '../../admission/busy.ts';
import { TooMuch } from '../../admission/pacer.ts';
import { LogExpired, LogReset } from '../../event-log/live-log.ts';
import { IssuerUnavailable } from '../../services/access/authenticate.ts';
import type { App } from '../../services/app.ts';
import { isUnavailable } from '../../store/connection/database.ts';
import { InvalidFilter } from '../../store/reading/where.ts';
import { openTrace } from '../../tracing/spans.ts';
import { CURSOR_ERRORS, REQUEST_ERRORS, type RequestErrorCode, requestError } from './request-error.ts';
import { LENGTH_MAX, withoutValues } from './without-values.ts';

/** Where errors are reported to the operator. */
type Reporting = Pick<App, 'log' | 'meter'>;

export type Presented = GraphQLError & { readonly extensions: { readonly code: RequestErrorCode } };

/**
 * Returns an error as callers see it, the same for every transport: with a code of the closed list, the request id, the id of its
 * trace if there is one, and whether the request is retryable. Internal errors are masked and logged once under the request id.
 */
export function presentError(error: unknown, requestId: string, { log, meter }: Reporting): Presented {
  const refused = refusalOf(error);
  const known =
    refused ??
    new GraphQLError('Internal error. It was logged under the request id; quote the id in a support request.', {
      extensions: { code: 'INTERNAL' },
      ...(error instanceof GraphQLError ? { path: error.path ?? null, nodes: error.nodes ?? null } : {}),
    });
  const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  if (refused && isUnavailable(cause)) log.warn({ requestId, reason: (cause as Error).message }, 'temporarily refused');
  if (!refused) log.error({ requestId, err: cause }, 'request failed');
  // Yoga stores its own HTTP status in `extensions.http`.
  const { http: _note, ...extensions } = known.extensions;
  const code = extensions['code'] as RequestErrorCode;
  if (code === 'TIMEOUT') log.warn({ requestId }, 'request timed out');
  meter.refused(code);
  const { retryable } = REQUEST_ERRORS[code];
  const traceId = openTrace()?.traceId;
  return new GraphQLError(OF_GRAPHQL_JS.has(code) ? withoutValues(known.message) : known.message, {
    nodes: known.nodes ?? null,
    source: known.source ?? null,
    positions: known.positions ?? null,
    path: known.path ?? null,
    extensions: {
      ...(retryable ? { retryAfterMs: 1_000 } : {}),
      ...extensions,
      requestId,
      retryable,
      ...(traceId === undefined ? {} : { traceId }),
    },
  }) as Presented;
}

/** Returns the code of an error as callers see it, without reporting it. */
export function codeOfError(error: unknown): RequestErrorCode {
  return (refusalOf(error)?.extensions['code'] as RequestErrorCode | undefined) ?? 'INTERNAL';
}

/** Codes whose messages come from graphql-js. */
const OF_GRAPHQL_JS: ReadonlySet<RequestErrorCode> = new Set(['PARSE_FAILED', 'VALIDATION_FAILED']);

/** Returns a result with its errors in the form callers see. The data is unchanged. */
export function presentResult<Result extends ExecutionResult>(
  result: Result,
  requestId: string,
  app: Reporting,
): Result {
  if (!result.errors) return result;
  return { ...result, errors: result.errors.map((error) => presentError(error, requestId, app)) };
}

/** Returns the error with a code, or null for a bug or an outage that must be masked. */
function refusalOf(error: unknown): GraphQLError | null {
  if (error instanceof GraphQLError) {
    if (isKnownCode(error.extensions['code'])) return error;
    if (error.originalError && !isOfGraphqlJs(error.originalError))
      return withPlace(refusalOf(error.originalError), error);
    // Errors of graphql-js itself: syntax, validation, variables. Its messages name types and fields of the caller's
    // document.
    return new GraphQLError(withoutValues(error.message), {
      nodes: error.nodes ?? null,
      source: error.source ?? null,
      positions: error.positions ?? null,
      path: error.path ?? null,
      extensions: { code: 'BAD_REQUEST', ...pathsIn(error.message) },
    });
  }
  if (error instanceof InvalidFilter) return requestError('BAD_REQUEST', error.message, [error.inputPath]);
  if (error instanceof LogReset) return requestError('CURSOR_RESET', CURSOR_ERRORS.CURSOR_RESET);
  if (error instanceof LogExpired) return requestError('CURSOR_EXPIRED', CURSOR_ERRORS.CURSOR_EXPIRED);
  if (error instanceof TooMuch) {
    const { retryAfterMs } = error;
    const message = 'Too many large requests of this merchant are queued. Retry after `retryAfterMs`.';
    return requestError('RATE_LIMITED', message, [], { retryAfterMs });
  }
  if (error instanceof Busy) {
    const { retryAfterMs } = error;
    return requestError('UNAVAILABLE', 'This node is busy. Retry after `retryAfterMs`.', [], { retryAfterMs });
  }
  if (error instanceof IssuerUnavailable || isUnavailable(error))
    return requestError('UNAVAILABLE', 'The service is busy or restarting. Retry the request later.');
  return null;
}

function isOfGraphqlJs(error: Error): boolean {
  return error instanceof GraphQLError && !isKnownCode(error.extensions['code']) && !error.originalError;
}

/**
 * Returns the path in the variables that a graphql-js message quotes (`at "input.records[3].idType"`), without the
 * variable name.
 */
function pathsIn(message: string): { paths?: string[][] } {
  if (message.length > LENGTH_MAX) return {};
  const [, place] = / at "\w+([\w.[\]]*)"; /.exec(message) ?? [];
  const names = place?.split(/[.[\]]/).filter((name) => name !== '') ?? [];
  return names.length > 0 ? { paths: [names] } : {};
}

function withPlace(refused: GraphQLError | null, at: GraphQLError): GraphQLError | null {
  return (
    refused &&
    new GraphQLError(refused.message, {
      nodes: at.nodes ?? null,
      path: at.path ?? null,
      extensions: refused.extensions,
    })
  );
}

function isKnownCode(code: unknown): code is RequestErrorCode {
  return typeof code === 'string' && Object.hasOwn(REQUEST_ERRORS, code);
}
