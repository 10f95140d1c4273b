import type { TestGateway } from './harness.ts';

/** What an operation came to, whatever way it went. */
export interface Answer {
  readonly status?: number;
  /** OK, or the code of the first error; NEITHER when there is no data either. */
  readonly code: string;
  readonly extensions?: { readonly cost?: { readonly points: number; readonly nodes: number; readonly left: number } };
  readonly retryAfterMs?: number;
  /** Of the first error. */
  readonly message?: string;
}
export type Ask = (gateway: TestGateway, query: string, variables?: object, operationName?: string) => Promise<Answer>;

interface Body {
  readonly data?: unknown;
  readonly errors?: ReadonlyArray<{ message?: string; extensions: { code: string; retryAfterMs?: number } }>;
  readonly extensions?: Answer['extensions'];
}

function answerOf({ data, errors, extensions }: Body): Answer {
  const [error] = errors ?? [];
  const { retryAfterMs } = error?.extensions ?? {};
  return {
    code: error ? error.extensions.code : data === undefined ? 'NEITHER' : 'OK',
    ...(extensions ? { extensions } : {}),
    ...(error?.message === undefined ? {} : { message: error.message }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

const headersOf = ({ apiKey }: TestGateway) => ({ authorization: `Bearer ${apiKey}` });

export const byPost: Ask = async (gateway, query, variables = {}, operationName) => {
  const response = await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headersOf(gateway) },
    body: JSON.stringify({ query, variables, operationName }),
  });
  return { status: response.status, ...answerOf((await response.json()) as Body) };
};

export const byGet: Ask = async (gateway, query, variables = {}, operationName) => {
  const given = {
    query,
    variables: JSON.stringify(variables),
    ...(operationName === undefined ? {} : { operationName }),
  };
  const response = await fetch(`${gateway.url}?${new URLSearchParams(given)}`, {
    headers: { accept: 'application/graphql-response+json', ...headersOf(gateway) },
  });
  return { status: response.status, ...answerOf((await response.json()) as Body) };
};

export const bySse: Ask = async (gateway, query, variables = {}, operationName) => {
  const response = await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headersOf(gateway) },
    body: JSON.stringify({ query, variables, operationName }),
  });
  const text = await response.text();
  // Wrong credentials alone are refused before a stream begins.
  const data = response.status === 200 ? (/data: ?(\{.*)/.exec(text)?.[1] ?? '{}') : text;
  return answerOf(JSON.parse(data) as Body);
};

export const byWebSocket: Ask = async (gateway, query, variables = {}, operationName) => {
  const client = gateway.socket(gateway.apiKey);
  const result = await new Promise<Body>((resolve) =>
    client.subscribe(
      { query, variables: variables as Record<string, unknown>, operationName },
      {
        next: (next) => resolve(next as unknown as Body),
        error: (error) => resolve(Array.isArray(error) ? { errors: error } : closedWith(error)),
        complete: () => {},
      },
    ),
  );
  await client.dispose();
  return answerOf(result);
};

/** The socket was closed instead of an answer. */
function closedWith(event: unknown): Body {
  return { errors: [{ extensions: { code: `closed ${(event as { code?: number }).code}` } }] };
}

export const TRANSPORTS = { POST: byPost, GET: byGet, SSE: bySse, WebSocket: byWebSocket };
/** What a URL holds is bounded by the headers: longer documents do not come by GET. */
export const URL_LENGTH_MAX = 8_000;
