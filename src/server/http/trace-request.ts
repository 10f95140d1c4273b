import type { IncomingMessage, ServerResponse } from 'node:http';
import { inSpan, markFailed } from '../../tracing/spans.ts';

/** Paths that are not traced: machines ask them every few seconds. */
const PROBES: ReadonlySet<string> = new Set(['/metrics', '/livez', '/readyz']);
/** Paths with their ids left out, so that there are few names of spans. */
const ROUTES: ReadonlyArray<readonly [RegExp, string]> = [
  [/^\/graphql$/, '/graphql'],
  [/^\/graphql\/stream$/, '/graphql/stream'],
  [/^\/export\/\w+$/, '/export/{list}'],
  [/^\/bank\/[^/]+\/\w+$/, '/bank/{connector}/{message}'],
  [/^\/console(\/|$)/, '/console'],
];
const SERVER_ERROR = 500;

/** Runs the answering of a request in the span of the request, in the trace that its headers name. That of a stream ends when the stream is open. */
export function traceRequest(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  answer: () => Promise<void>,
): Promise<void> {
  if (PROBES.has(path)) return answer();
  const { method = '', headers } = request;
  const route = ROUTES.find(([pattern]) => pattern.test(path))?.[1];
  const attributes = { 'http.request.method': method, 'http.route': route };
  return inSpan(route ? `${method} ${route}` : method, { side: 'SERVER', attributes, headers }, async (span) => {
    await answer();
    const { statusCode: status } = response;
    span.setAttribute('http.response.status_code', status);
    if (status >= SERVER_ERROR) markFailed(span, String(status));
  });
}
