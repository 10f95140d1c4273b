import type { IncomingMessage } from 'node:http';

/** Renders the GraphiQL page for a request. */
export type GraphiqlPage = (request: IncomingMessage) => Buffer;

const LOCAL_NAMES: ReadonlySet<string> = new Set(['127.0.0.1', '::1', '[::1]', 'localhost']);

/**
 * Creates the GraphiQL page with a sample query. The demo key is included only when this machine is addressed by a
 * local name and no proxy has forwarded the request: a foreign page could otherwise read the key by DNS rebinding, and
 * a local proxy could forward requests of others.
 */
export async function createGraphiql(options: {
  readonly demoKey: string | null;
  readonly host: string;
  readonly firstOperation: string;
}): Promise<GraphiqlPage> {
  const { demoKey, host, firstOperation } = options;
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const pages = new Map<string, Buffer>();
  const pageWith = (key: string): Buffer => {
    const headers = JSON.stringify({ authorization: `Bearer ${key}` }, null, 2);
    const known = pages.get(key);
    const page = known ?? Buffer.from(renderGraphiQL({ title: 'Collections', defaultQuery: firstOperation, headers }));
    pages.set(key, page);
    return page;
  };
  return ({ headers }) => {
    const askedFor = headers.host?.replace(/:\d+$/, '') ?? '';
    const isHandedOn = headers['x-forwarded-for'] !== undefined || headers['forwarded'] !== undefined;
    const isLocal = LOCAL_NAMES.has(host) && LOCAL_NAMES.has(askedFor) && !isHandedOn;
    return pageWith(isLocal && demoKey !== null ? demoKey : '<your API key>');
  };
}

/** Whether a browser requests the page: a GET that accepts HTML. */
export function asksForPage({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.accept?.includes('text/html') === true;
}
