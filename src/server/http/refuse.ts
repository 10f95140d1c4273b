import type { ServerResponse } from 'node:http';
import type { Presented } from '../../graphql/pipeline/present-errors.ts';
import { REQUEST_ERRORS } from '../../graphql/pipeline/request-error.ts';
import { send } from './send.ts';

/** Message and error description for an expired token. */
export const TOKEN_EXPIRED = 'The token has expired; get a new one and send the request again.';
const CHALLENGE = 'Bearer realm="collections-gateway"';
/** Challenge parameters for an expired token (RFC 6750, section 3). */
const EXPIRED_TOKEN = `error="invalid_token", error_description="${TOKEN_EXPIRED}"`;

/**
 * Answers a request that is refused before GraphQL. `status` replaces the HTTP status of the error code where HTTP has
 * a more exact one.
 */
export function refuse(
  response: ServerResponse,
  error: Presented,
  status: number = REQUEST_ERRORS[error.extensions.code].status,
): void {
  const headers = { 'content-type': 'application/json; charset=utf-8', ...headersOf(status, error.extensions) };
  send(response, status, headers, JSON.stringify({ errors: [error] }));
}

/**
 * Headers of a refusal for clients that read only HTTP: `www-authenticate` with 401, and `retry-after` in whole
 * seconds.
 */
export function headersOf(status: number, extensions: object | undefined): Record<string, string> {
  const { retryAfterMs, code } = (extensions ?? {}) as { readonly retryAfterMs?: unknown; readonly code?: unknown };
  const challenge = code === 'TOKEN_EXPIRED' ? `${CHALLENGE}, ${EXPIRED_TOKEN}` : CHALLENGE;
  return {
    ...(status === 401 ? { 'www-authenticate': challenge } : {}),
    ...(typeof retryAfterMs === 'number' ? { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) } : {}),
  };
}
