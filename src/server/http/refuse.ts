import type { ServerResponse } from 'node:http';
import type { Presented } from '../../graphql/pipeline/present-errors.ts';
import { REQUEST_ERRORS } from '../../graphql/pipeline/request-error.ts';
import { send } from './send.ts';

export const TOKEN_EXPIRED = 'The token has expired: get a new one.';
const CHALLENGE = 'Bearer realm="collections-gateway"';
/** RFC 6750, section 3. */
const EXPIRED_TOKEN = `error="invalid_token", error_description="${TOKEN_EXPIRED}"`;

/** Answers a request that never came to GraphQL. `status`: where HTTP knows it more exactly than by the code. */
export function refuse(
  response: ServerResponse,
  error: Presented,
  status: number = REQUEST_ERRORS[error.extensions.code].status,
): void {
  const headers = { 'content-type': 'application/json; charset=utf-8', ...headersOf(status, error.extensions) };
  send(response, status, headers, JSON.stringify({ errors: [error] }));
}

/** What of a refusal clients are told that know no more than HTTP: how to say who they are, when to come back, in whole seconds. */
export function headersOf(status: number, extensions: object | undefined): Record<string, string> {
  const { retryAfterMs, code } = (extensions ?? {}) as { readonly retryAfterMs?: unknown; readonly code?: unknown };
  const challenge = code === 'TOKEN_EXPIRED' ? `${CHALLENGE}, ${EXPIRED_TOKEN}` : CHALLENGE;
  return {
    ...(status === 401 ? { 'www-authenticate': challenge } : {}),
    ...(typeof retryAfterMs === 'number' ? { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) } : {}),
  };
}
