import { GraphQLError } from 'graphql';

/** Every code a refused request may carry in `extensions.code`, with its HTTP status and whether the same call may work later. */
export const REQUEST_ERRORS = {
  BAD_REQUEST: { status: 400, retryable: false },
  PARSE_FAILED: { status: 400, retryable: false },
  VALIDATION_FAILED: { status: 400, retryable: false },
  UNAUTHENTICATED: { status: 401, retryable: false },
  FORBIDDEN: { status: 403, retryable: false },
  RATE_LIMITED: { status: 429, retryable: true },
  BODY_TOO_LARGE: { status: 413, retryable: false },
  QUERY_TOO_LARGE: { status: 400, retryable: false },
  QUERY_TOO_DEEP: { status: 400, retryable: false },
  TOO_MANY_ALIASES: { status: 400, retryable: false },
  TOO_MANY_DIRECTIVES: { status: 400, retryable: false },
  QUERY_TOO_COSTLY: { status: 400, retryable: false },
  INTROSPECTION_DISABLED: { status: 400, retryable: false },
  BATCH_TOO_LARGE: { status: 400, retryable: false },
  PAGE_OUT_OF_RANGE: { status: 400, retryable: false },
  CURSOR_INVALID: { status: 400, retryable: false },
  CURSOR_EXPIRED: { status: 400, retryable: false },
  CURSOR_RESET: { status: 400, retryable: false },
  IDEMPOTENCY_KEY_REUSED: { status: 400, retryable: false },
  TIMEOUT: { status: 504, retryable: true },
  UNAVAILABLE: { status: 503, retryable: true },
  INTERNAL: { status: 500, retryable: false },
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
