import { GraphQLError } from 'graphql';

/** Every code a refused request may carry in `extensions.code`, with its HTTP status, whether the same call may work later, and its meaning. */
export const REQUEST_ERRORS = {
  BAD_REQUEST: {
    status: 400,
    retryable: false,
    description: 'The parameters of the request, or an argument, are none that can be taken; `paths` say which.',
  },
  PARSE_FAILED: { status: 400, retryable: false, description: 'The document is not GraphQL.' },
  VALIDATION_FAILED: { status: 400, retryable: false, description: 'The document does not fit the schema.' },
  UNAUTHENTICATED: { status: 401, retryable: false, description: 'No credentials, or none that are good.' },
  TOKEN_EXPIRED: {
    status: 401,
    retryable: false,
    description: 'The token has expired; get a new one and send the request again.',
  },
  FORBIDDEN: {
    status: 403,
    retryable: false,
    description: 'The key lacks a scope, or the merchant is not one that may do this.',
  },
  RATE_LIMITED: {
    status: 429,
    retryable: true,
    description: 'Too much at once; `retryAfterMs` says when to come back.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    retryable: false,
    description: 'The body has more bytes, JSON values or JSON keys than one request may have.',
  },
  QUERY_TOO_LARGE: {
    status: 400,
    retryable: false,
    description: 'The document has more text or tokens than are taken.',
  },
  QUERY_TOO_DEEP: { status: 400, retryable: false, description: 'The selection is nested deeper than is taken.' },
  TOO_MANY_ALIASES: { status: 400, retryable: false, description: 'The document has more aliases than are taken.' },
  TOO_MANY_DIRECTIVES: {
    status: 400,
    retryable: false,
    description: 'The document has more directives than are taken.',
  },
  QUERY_TOO_COSTLY: {
    status: 400,
    retryable: false,
    description: 'The request would cost more than one request may; ask for smaller pages or fewer fields.',
  },
  INTROSPECTION_DISABLED: { status: 400, retryable: false, description: 'The schema is not told here.' },
  BATCH_TOO_LARGE: { status: 400, retryable: false, description: 'The batch has more records than one call takes.' },
  PAGE_OUT_OF_RANGE: {
    status: 400,
    retryable: false,
    description: '`first` or `last` is outside its limits, or both directions are asked at once.',
  },
  CURSOR_INVALID: {
    status: 400,
    retryable: false,
    description: 'The cursor is none of yours, or of another list or order.',
  },
  CURSOR_EXPIRED: {
    status: 400,
    retryable: false,
    description: 'What followed the cursor is no longer kept: read again from the start.',
  },
  CURSOR_RESET: {
    status: 400,
    retryable: false,
    description: 'The log was begun anew since: read again from the start.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 400,
    retryable: false,
    description: 'The key was used for another input; `paths` say where they differ.',
  },
  PERSISTED_QUERY_NOT_SUPPORTED: {
    status: 400,
    retryable: false,
    description: 'Only the hash of a persisted document was sent; send the document itself.',
  },
  TIMEOUT: {
    status: 504,
    retryable: true,
    description: 'The request took too long. A mutation may have been written: ask again with its idempotency key.',
  },
  UNAVAILABLE: { status: 503, retryable: true, description: 'The gateway or its database cannot answer for now.' },
  INTERNAL: { status: 500, retryable: false, description: 'A fault of the gateway, logged under the request id.' },
} as const;
export type RequestErrorCode = keyof typeof REQUEST_ERRORS;

/** Why a stream cursor is refused, in words. */
export const CURSOR_ERRORS = {
  CURSOR_INVALID: 'Not a stream cursor of yours.',
  CURSOR_EXPIRED: 'What followed this cursor is no longer kept; read again from the start.',
  CURSOR_RESET: 'The log was begun anew since; read again from the start.',
} as const;

/** Refuses a whole request. `paths` say what of the input is meant. */
export function requestError(
  code: RequestErrorCode,
  message: string,
  paths: ReadonlyArray<readonly string[]> = [],
  more: { readonly retryAfterMs?: number } = {},
): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...(paths.length > 0 ? { paths } : {}), ...more } });
}
