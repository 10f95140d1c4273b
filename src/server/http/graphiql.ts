import type { IncomingMessage } from 'node:http';

/** GraphiQL, for people who try the API by hand. */
export type GraphiqlPage = (request: IncomingMessage) => Buffer;

const LOCAL_NAMES: ReadonlySet<string> = new Set(['127.0.0.1', '::1', '[::1]', 'localhost']);

/**
 * The page, with the first operation in it. The demo key is in it for whoever asks at this machine by a name of this machine: a page
 * from elsewhere may have its own name lead here, and read what we answer; a proxy here may hand on the questions of others.
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

/** Whether a person asks for the page, with a browser. */
export function asksForPage({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.accept?.includes('text/html') === true;
}
