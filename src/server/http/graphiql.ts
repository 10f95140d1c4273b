import type { IncomingMessage } from 'node:http';
import { type DemoKey, demoKeyFor } from './demo-key.ts';

/** Renders the GraphiQL page for a request. */
export type GraphiqlPage = (request: IncomingMessage) => Buffer;

/** Creates the GraphiQL page with a sample query, and with the demo key for local requests. */
export async function createGraphiql(options: DemoKey & { readonly firstOperation: string }): Promise<GraphiqlPage> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const pages = new Map<string, Buffer>();
  const pageWith = (key: string): Buffer => {
    const headers = JSON.stringify({ authorization: `Bearer ${key}` }, null, 2);
    const defaultQuery = options.firstOperation;
    const page = pages.get(key) ?? Buffer.from(renderGraphiQL({ title: 'Collections', defaultQuery, headers }));
    pages.set(key, page);
    return page;
  };
  return (request) => pageWith(demoKeyFor(request, options) ?? '<your API key>');
}

/** Whether a browser requests the page: a GET that accepts HTML. */
export function asksForPage({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.accept?.includes('text/html') === true;
}
