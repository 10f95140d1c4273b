import { type ExecutionResult, GraphQLError } from 'graphql';
import type { Log } from '../services/app.ts';
import { isUnavailable } from '../store/database.ts';
import { InvalidFilter } from '../store/reading/where.ts';
import { LogReset } from '../stream/follow.ts';
import { REQUEST_ERRORS, type RequestErrorCode, requestError } from './request-error.ts';

export type Presented = GraphQLError & { readonly extensions: { readonly code: RequestErrorCode } };

/**
 * An error as callers see it, the same by every transport: a code of the closed list, whether a retry may help, and the
 * request's id. What is not meant for callers is masked, and logged once under that id.
 */
export function presentError(error: unknown, requestId: string, log: Log): Presented {
  const refused = refusalOf(error);
  const known =
    refused ??
    new GraphQLError('Something went wrong on our side. It is logged under the request id.', {
      extensions: { code: 'INTERNAL' },
      ...(error instanceof GraphQLError ? { path: error.path ?? null, nodes: error.nodes ?? null } : {}),
    });
  if (!refused)
    log.error(
      { requestId, err: error instanceof GraphQLError ? (error.originalError ?? error) : error },
      'request failed',
    );
  // A copy: the parser's errors are kept and shown to others who send the same document.
  const { http: _note, ...extensions } = known.extensions;
  const code = extensions['code'] as RequestErrorCode;
  const { retryable } = REQUEST_ERRORS[code];
  return new GraphQLError(known.message, {
    nodes: known.nodes ?? null,
    source: known.source ?? null,
    positions: known.positions ?? null,
    path: known.path ?? null,
    extensions: { ...extensions, requestId, retryable, ...(retryable ? { retryAfterMs: 1_000 } : {}) },
  }) as Presented;
}

/** The errors of a result in the form callers see. Data stays as it is. */
export function presentResult<Result extends ExecutionResult>(result: Result, requestId: string, log: Log): Result {
  if (!result.errors) return result;
  return { ...result, errors: result.errors.map((error) => presentError(error, requestId, log)) };
}

/** The error as a refusal with a code, or null when it is a bug or an outage that is not for the caller to see. */
function refusalOf(error: unknown): GraphQLError | null {
  if (error instanceof GraphQLError) {
    if (isKnownCode(error.extensions['code'])) return error;
    if (error.originalError) return withPlace(refusalOf(error.originalError), error);
    // graphql-js' own: syntax, validation, variables. Its words name types and fields of the caller's document.
    return new GraphQLError(error.message, {
      nodes: error.nodes ?? null,
      source: error.source ?? null,
      positions: error.positions ?? null,
      path: error.path ?? null,
      extensions: { code: 'BAD_REQUEST' },
    });
  }
  if (error instanceof InvalidFilter) return requestError('BAD_REQUEST', error.message, [error.inputPath]);
  if (error instanceof LogReset)
    return requestError('CURSOR_RESET', 'The log was begun anew; read again from the start.');
  if (isUnavailable(error))
    return requestError('UNAVAILABLE', 'The service is busy or restarting; the same call may work soon.');
  return null;
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
