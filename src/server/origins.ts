import type { IncomingMessage, ServerResponse } from 'node:http';

const ALLOWED_METHODS = 'GET, POST';
const ALLOWED_HEADERS = 'authorization, content-type, last-event-id';
const EXPOSED_HEADERS = 'x-request-id, retry-after';
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

/** Answers what a browser asks before it sends a request of a page. */
export function answerPreflight(response: ServerResponse): void {
  response.setHeader('access-control-allow-methods', ALLOWED_METHODS);
  response.setHeader('access-control-allow-headers', ALLOWED_HEADERS);
  response.setHeader('access-control-max-age', PREFLIGHT_SECONDS);
  response.writeHead(204);
  response.end();
}
