import type { IncomingMessage, ServerResponse } from 'node:http';

const ALLOWED_METHODS = 'GET, POST';
const EXPOSED_HEADERS = 'x-request-id, x-client-request-id, x-stream-cursor, retry-after, www-authenticate';
/** Time for which browsers may cache a preflight response. */
const PREFLIGHT_SECONDS = 600;

/**
 * Web origins that may call: our own and those configured. Requests without an Origin header, as from other clients
 * than browsers, are allowed.
 */
export interface Origins {
  /** Whether the origin of a request may call. */
  isAllowed(request: IncomingMessage): boolean;
  /** Sets the CORS headers that let pages of another allowed origin read the response. */
  tell(request: IncomingMessage, response: ServerResponse): void;
}

/** Creates the origin check for a list of configured origins. */
export function createOrigins(named: readonly string[]): Origins {
  const allowed = new Set(named);
  const isOwn = ({ headers: { origin, host } }: IncomingMessage): boolean =>
    origin !== undefined && URL.canParse(origin) && new URL(origin).host === host;
  return {
    isAllowed: (request) =>
      request.headers.origin === undefined || isOwn(request) || allowed.has(request.headers.origin),
    tell(request, response) {
      const { origin } = request.headers;
      if (origin === undefined) return;
      response.setHeader('vary', 'origin');
      if (!allowed.has(origin)) return;
      response.setHeader('access-control-allow-origin', origin);
      response.setHeader('access-control-expose-headers', EXPOSED_HEADERS);
    },
  };
}

/** A comma-separated list of header names. */
const HEADER_NAMES = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+(?: *, *[!#$%&'*+.^_`|~0-9A-Za-z-]+)*$/;
const HEADER_NAMES_LENGTH_MAX = 2_048;

/** Answers a CORS preflight request. An allowed origin may send any headers: those it asks for are echoed. */
export function answerPreflight(request: IncomingMessage, response: ServerResponse): void {
  const asked = String(request.headers['access-control-request-headers'] ?? '');
  const isNamed = asked.length <= HEADER_NAMES_LENGTH_MAX && HEADER_NAMES.test(asked);
  response.appendHeader('vary', 'access-control-request-headers');
  response.setHeader('access-control-allow-methods', ALLOWED_METHODS);
  if (isNamed) response.setHeader('access-control-allow-headers', asked);
  response.setHeader('access-control-max-age', PREFLIGHT_SECONDS);
  response.writeHead(204);
  response.end();
}
