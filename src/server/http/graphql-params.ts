import type { IncomingMessage } from 'node:http';
import type { GraphqlParams } from '../../graphql/pipeline/operation.ts';
import { requestError } from '../../graphql/pipeline/request-error.ts';
import { markInexactNumbers } from './exact-json.ts';
import { decodeUtf8 } from './read-body.ts';

/** The parameters of a request, or why its text is none (GraphQL over HTTP, "Request Parameters"). */
export type ReadParams = GraphqlParams | { readonly refusal: unknown };

/** The parameters in a body of JSON. */
export function parseParams(body: Uint8Array): ReadParams {
  const text = decodeUtf8(body);
  if (text === null) return malformed('The body is not valid UTF-8.');
  let parsed: unknown;
  try {
    parsed = JSON.parse(markInexactNumbers(text));
  } catch {
    return malformed('The body is not JSON.');
  }
  return isObject(parsed) ? paramsOf(parsed) : malformed('The body is not a JSON object. One operation a request.');
}

/** The same from the query string of a GET: `query`, `variables` and `extensions` as JSON, `operationName`. */
export function readUrlParams({ search, searchParams }: URL): ReadParams {
  if (!isUtf8(search)) return malformed('The query string is not valid UTF-8.');
  const given: Record<string, unknown> = {};
  for (const name of ['query', 'operationName']) given[name] = searchParams.get(name) ?? undefined;
  try {
    for (const name of ['variables', 'extensions'])
      given[name] = JSON.parse(markInexactNumbers(searchParams.get(name) || 'null'));
  } catch {
    return malformed('"variables" and "extensions" must be JSON.');
  }
  return paramsOf(given);
}

/** Whether a query string is ASCII whose percent-encoded bytes are UTF-8. */
function isUtf8(search: string): boolean {
  try {
    decodeURIComponent(search.replaceAll('+', ' '));
    return true;
  } catch {
    return false;
  }
}

/** The URL of a request; its host is nothing to us. Bytes beyond ASCII are no URL: they are taken as what they are, not UTF-8. */
export function urlOf(request: IncomingMessage): URL {
  const { url = '' } = request;
  return new URL(url.replaceAll(/\P{ASCII}/gu, '%ff'), 'http://gateway');
}

/** The parameters of a GraphQL request, by whatever transport they came. */
export function paramsOf(given: Readonly<Record<string, unknown>>): ReadParams {
  const { query, variables = null, operationName = null, extensions = null } = given;
  if (extensions !== null && !isObject(extensions)) return malformed('"extensions" must be an object.');
  // Apollo's automatic persisted queries: the client sends the whole document at once when it is told so.
  if (typeof query !== 'string' && isObject(extensions?.['persistedQuery']))
    return { refusal: requestError('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported') };
  if (typeof query !== 'string') return malformed('"query" must be a string.');
  if (variables !== null && !isObject(variables)) return malformed('"variables" must be an object.');
  if (operationName !== null && typeof operationName !== 'string')
    return malformed('"operationName" must be a string.');
  return { query, variables, operationName };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(message: string): { refusal: unknown } {
  return { refusal: requestError('BAD_REQUEST', message) };
}
