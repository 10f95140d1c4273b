import type { ServerResponse } from 'node:http';
import { REQUEST_ERRORS, type RequestErrorCode } from '../graphql/request-error.ts';

/** Answers a request that never came to GraphQL. `status`: where HTTP knows it more exactly than by the code. */
export function refuse(
  response: ServerResponse,
  code: RequestErrorCode,
  message: string,
  { status = REQUEST_ERRORS[code].status, extensions = {} }: { status?: number; extensions?: object } = {},
): void {
  const { retryable } = REQUEST_ERRORS[code];
  const body = JSON.stringify({ errors: [{ message, extensions: { code, retryable, ...extensions } }] });
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...retryAfter(extensions),
  });
  response.end(body);
}

/** When to come back, in whole seconds, for clients that know no more than HTTP. */
export function retryAfter(extensions: object | undefined): { 'retry-after'?: string } {
  const { retryAfterMs } = (extensions ?? {}) as { readonly retryAfterMs?: unknown };
  return typeof retryAfterMs === 'number' ? { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) } : {};
}
