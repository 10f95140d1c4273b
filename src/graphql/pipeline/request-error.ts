import { GraphQLError } from 'graphql';
import { BATCH_RECORDS_MAX } from '../../domain/batch.ts';

/**
 * Every code that `extensions.code` of a refused request can have, with its HTTP status, whether a retry may succeed,
 * and its meaning.
 */
export const REQUEST_ERRORS = {
  BAD_REQUEST: {
    status: 400,
    retryable: false,
    description: 'Returned when a request parameter or an argument is invalid; `paths` lists the invalid ones.',
  },
  PARSE_FAILED: {
    status: 400,
    retryable: false,
    description: 'Returned when the document is not valid GraphQL syntax.',
  },
  VALIDATION_FAILED: {
    status: 400,
    retryable: false,
    description: 'Returned when the document does not match the schema.',
  },
  UNAUTHENTICATED: {
    status: 401,
    retryable: false,
    description: 'Returned when the credentials are missing or invalid.',
  },
  TOKEN_EXPIRED: {
    status: 401,
    retryable: false,
    description: 'Returned when the token has expired. Get a new token and send the request again.',
  },
  FORBIDDEN: {
    status: 403,
    retryable: false,
    description: 'Returned when the key lacks a required scope, or the merchant is not allowed to run the operation.',
  },
  RATE_LIMITED: {
    status: 429,
    retryable: true,
    description: 'Returned when a rate limit is exceeded. Retry after `retryAfterMs` milliseconds.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    retryable: false,
    description: 'Returned when the request body exceeds the limit of bytes, JSON values or JSON keys.',
  },
  QUERY_TOO_LARGE: {
    status: 400,
    retryable: false,
    description: 'Returned when the document exceeds the limit of bytes or tokens.',
  },
  QUERY_TOO_DEEP: {
    status: 400,
    retryable: false,
    description: 'Returned when the selection exceeds the depth limit.',
  },
  TOO_MANY_ALIASES: {
    status: 400,
    retryable: false,
    description: 'Returned when the document exceeds the limit of aliases.',
  },
  TOO_MANY_DIRECTIVES: {
    status: 400,
    retryable: false,
    description: 'Returned when the document exceeds the limit of directives.',
  },
  QUERY_TOO_COSTLY: {
    status: 400,
    retryable: false,
    description:
      'Returned when the request exceeds the cost limit of one request. Request smaller pages or fewer fields.',
  },
  INTROSPECTION_DISABLED: {
    status: 400,
    retryable: false,
    description: 'Returned when introspection is disabled on this gateway.',
  },
  BATCH_TOO_LARGE: {
    status: 400,
    retryable: false,
    description: `Returned when a call has too many records; a batch can have at most ${BATCH_RECORDS_MAX}. Split it into several calls.`,
  },
  PAGE_OUT_OF_RANGE: {
    status: 400,
    retryable: false,
    description:
      'Returned when `first` or `last` is out of range, when both directions are requested, or when too many ids are given.',
  },
  CURSOR_INVALID: {
    status: 400,
    retryable: false,
    description: 'Returned when the cursor is invalid, or belongs to another merchant, list or sort order.',
  },
  CURSOR_EXPIRED: {
    status: 400,
    retryable: false,
    description:
      'Returned when the events after the cursor are past their retention. Read the current state again and take a new cursor.',
  },
  CURSOR_RESET: {
    status: 400,
    retryable: false,
    description:
      'Returned when the event log was reset after the cursor was issued. Read the current state again and take a new cursor.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 400,
    retryable: false,
    description:
      'Returned when the idempotency key was used for another mutation or input; `paths` lists the differences.',
  },
  PERSISTED_QUERY_NOT_FOUND: {
    status: 400,
    retryable: false,
    description: 'Returned for an id that no trusted document has; Apollo clients then send the whole document.',
  },
  DOCUMENT_NOT_TRUSTED: {
    status: 403,
    retryable: false,
    description: 'Returned for a document that is not trusted, where the operator lets only trusted ones run.',
  },
  PERSISTED_QUERY_NOT_SUPPORTED: {
    status: 400,
    retryable: false,
    description: 'Returned when only the hash of a persisted query was sent. Send the document itself.',
  },
  TIMEOUT: {
    status: 504,
    retryable: true,
    description:
      'Returned when the request exceeded its deadline. A mutation may have been written: repeat it with its idempotency key.',
  },
  UNAVAILABLE: {
    status: 503,
    retryable: true,
    description: 'Returned when the gateway or its database is temporarily unavailable. Retry later.',
  },
  INTERNAL: {
    status: 500,
    retryable: false,
    description: 'Returned when an internal error occurred. It is logged under the request id.',
  },
} as const;
export type RequestErrorCode = keyof typeof REQUEST_ERRORS;

/** The messages for refused stream cursors. */
export const CURSOR_ERRORS = {
  CURSOR_INVALID: 'The stream cursor is invalid or belongs to another merchant.',
  CURSOR_EXPIRED:
    'The events after this cursor are past their retention. Read the current state again and take a new cursor.',
  CURSOR_RESET:
    'The event log was reset after this cursor was issued. Read the current state again and take a new cursor.',
} as const;

/** Returns the error that refuses a whole request. `paths` name the invalid parts of the input. */
export function requestError(
  code: RequestErrorCode,
  message: string,
  paths: ReadonlyArray<readonly string[]> = [],
  more: { readonly retryAfterMs?: number } = {},
): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...(paths.length > 0 ? { paths } : {}), ...more } });
}
