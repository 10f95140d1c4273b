import type { IncomingMessage, ServerResponse } from 'node:http';

const ALLOWED_METHODS = 'GET, POST';
const EXPOSED_HEADERS = 'x-request-id, x-client-request-id, retry-after, www-authenticate';
/** A browser asks again whether it may after so long. */
const PREFLIGHT_SECONDS = 600;

/** From which web pages requests are taken: our own, and those of the origins that are named. Others than browsers send none. */
export interface Origins {
  /** Whether a request may come from where it does. */
  isAllowed(request: IncomingMessage): boolean;
  /** Tells the browser of another allowed origin that its page may read the answer. */
  tell(request: IncomingMessage, response: ServerResponse): void;
}

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

/** Header names with commas between them, of a length that is no burden. */
const HEADER_NAMES = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+(?: *, *[!#$%&'*+.^_`|~0-9A-Za-z-]+)*$/;
const HEADER_NAMES_LENGTH_MAX = 2_048;

/** Answers what a browser asks before it sends a request of a page. A page that may call may send what headers it likes. */
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
