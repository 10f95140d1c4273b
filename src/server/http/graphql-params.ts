import type { IncomingMessage } from 'node:http';
import type { RequestParams } from '../../graphql/pipeline/operation.ts';
import { requestError } from '../../graphql/pipeline/request-error.ts';
import { markInexactNumbers } from './exact-json.ts';
import { decodeUtf8 } from './read-body.ts';

/** The parameters of a request, or the refusal when they are invalid (GraphQL over HTTP, "Request Parameters"). */
export type ReadParams = RequestParams | { readonly refusal: unknown };

/** Reads the parameters from a JSON body. */
export function parseParams(body: Uint8Array): ReadParams {
  const text = decodeUtf8(body);
  if (text === null) return malformed('The body is not valid UTF-8; encode it as UTF-8.');
  let parsed: unknown;
  try {
    parsed = JSON.parse(markInexactNumbers(text));
  } catch {
    return malformed('The body is not valid JSON.');
  }
  return isObject(parsed)
    ? paramsOf(parsed)
    : malformed('The body must be one JSON object; send one operation per request.');
}

/** Reads the parameters from the query string of a GET; `variables` and `extensions` are JSON. */
export function readUrlParams({ search, searchParams }: URL): ReadParams {
  if (!isUtf8(search)) return malformed('The query string is not valid UTF-8; percent-encode it as UTF-8.');
  const given: Record<string, unknown> = {};
  for (const name of ['query', 'operationName', 'documentId']) given[name] = searchParams.get(name) ?? undefined;
  try {
    for (const name of ['variables', 'extensions'])
      given[name] = JSON.parse(markInexactNumbers(searchParams.get(name) || 'null'));
  } catch {
    return malformed('"variables" and "extensions" must be valid JSON.');
  }
  return paramsOf(given);
}

/** Whether the percent-encoded bytes of a query string are valid UTF-8. */
function isUtf8(search: string): boolean {
  try {
    decodeURIComponent(search.replaceAll('+', ' '));
    return true;
  } catch {
    return false;
  }
}

/**
 * The URL of a request, with a placeholder for its host. Unencoded characters beyond ASCII become an invalid byte, so
 * that they are refused as not UTF-8.
 */
export function urlOf(request: IncomingMessage): URL {
  const { url = '' } = request;
  return new URL(url.replaceAll(/\P{ASCII}/gu, '%ff'), 'http://gateway');
}

/** Validates the parameters of a GraphQL request from any transport. */
export function paramsOf(given: Readonly<Record<string, unknown>>): ReadParams {
  const { query = null, variables = null, operationName = null, extensions = null } = given;
  if (extensions !== null && !isObject(extensions)) return malformed('"extensions" must be an object.');
  if (query !== null && typeof query !== 'string') return malformed('"query" must be a string.');
  const documentId = documentIdOf(given, extensions);
  if (query === null && documentId === null) return malformed('"query" must be a string, or "documentId" given.');
  if (variables !== null && !isObject(variables)) return malformed('"variables" must be an object.');
  if (operationName !== null && typeof operationName !== 'string')
    return malformed('"operationName" must be a string.');
  // Clients of graphql-ws must send a text.
  const text = query === '' && documentId !== null ? null : query;
  return { query: text, documentId, variables, operationName };
}

/** The id of a document by GraphQL over HTTP, or the hash of Apollo's persisted queries. */
function documentIdOf({ documentId }: Readonly<Record<string, unknown>>, extensions: Record<string, unknown> | null) {
  if (typeof documentId === 'string') return documentId;
  const persisted = extensions?.['persistedQuery'];
  if (!isObject(persisted)) return null;
  return typeof persisted['sha256Hash'] === 'string' ? persisted['sha256Hash'] : '';
}

/** Whether a JSON value is an object, and not null or an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(message: string): { refusal: unknown } {
  return { refusal: requestError('BAD_REQUEST', message) };
}
