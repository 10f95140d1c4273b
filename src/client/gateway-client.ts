import { createResumingClient } from './resuming-client.ts';

/** What a user of the API needs to talk to it. */
export interface GatewayClient {
  /** Sends one operation over HTTP; its data. Throws a GatewayError when it was refused. */
  request<Data>(query: string, variables?: object): Promise<Data>;
  /** Follows a subscription until `signal` aborts, over lost connections too; each result's data, once and in order. */
  follow<Data>(query: string, variables: Record<string, unknown>, signal: AbortSignal): AsyncIterable<Data>;
  close(): Promise<void>;
}

/** Why the gateway refused: `code` is for programs. */
export class GatewayError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: ReadonlyArray<{ readonly message: string; readonly extensions?: { readonly code?: string } }>;
}

/** A client of the gateway at `url` (its `/graphql` address). `webSocketImpl` where the platform has no WebSocket. */
export function createGatewayClient(options: { url: string; apiKey: string; webSocketImpl?: unknown }): GatewayClient {
  const authorization = `Bearer ${options.apiKey}`;
  const socket = createResumingClient({
    url: options.url.replace(/^http/, 'ws'),
    webSocketImpl: options.webSocketImpl,
    connectionParams: { authorization },
  });
  return {
    async request<Data>(query: string, variables = {}) {
      const response = await fetch(options.url, {
        method: 'POST',
        headers: {
          authorization,
          'content-type': 'application/json',
          accept: 'application/graphql-response+json, application/json',
        },
        body: JSON.stringify({ query, variables }),
      });
      return dataOf<Data>((await response.json()) as Answer);
    },
    async *follow<Data>(query: string, variables: Record<string, unknown>, signal: AbortSignal) {
      const results = socket.iterate({ query, variables });
      const leave = (): void => void results.return?.();
      signal.addEventListener('abort', leave);
      if (signal.aborted) leave();
      try {
        for await (const result of results) yield dataOf<Data>(result as Answer);
      } finally {
        signal.removeEventListener('abort', leave);
        leave();
      }
    },
    async close() {
      await socket.dispose();
    },
  };
}

function dataOf<Data>({ data, errors }: Answer): Data {
  const [error] = errors ?? [];
  if (error) throw new GatewayError(error.extensions?.code ?? 'INTERNAL', error.message);
  return data as Data;
}
