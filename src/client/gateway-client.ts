import type { Client, ClientOptions } from 'graphql-ws';
import { createClientThatResumes, type FindPlace } from './resume.ts';

/** The WebSocket that subscriptions of a client use. */
export type Socket = Pick<Client, 'iterate' | 'terminate' | 'dispose'>;

/** How a WebSocket is opened. */
export type OpenSocket = (options: ClientOptions, findPlace: FindPlace) => Socket;

/** A client of the GraphQL API. */
export interface GatewayClient {
  /** Sends one operation over HTTP and returns its data. Throws a GatewayError when the response has errors. */
  request<Data>(query: string, variables?: object): Promise<Data>;
  /**
   * Follows a subscription until `signal` aborts, across lost connections. Yields the data of each result once, in
   * order.
   */
  follow<Data>(query: string, variables: Record<string, unknown>, signal: AbortSignal): AsyncIterable<Data>;
  /** Drops the WebSocket as a lost network does; what is followed goes on over another one. */
  drop(): void;
  /** Closes the WebSocket. */
  close(): Promise<void>;
}

/** What the gateway says of an error, and of one that a proxy gave in its place. */
export interface ErrorExtensions {
  readonly code: string;
  readonly requestId?: string;
  /** Whether the same request may succeed later. */
  readonly retryable?: boolean;
  /** Time to wait before that, in milliseconds. */
  readonly retryAfterMs?: number | null;
}

/** The first error of a response. */
export class GatewayError extends Error {
  readonly extensions: ErrorExtensions;
  constructor(message: string, extensions: ErrorExtensions, cause?: unknown) {
    super(message, { cause });
    this.extensions = extensions;
  }
}

/** Time within which a request is answered, longer than the deadline of the gateway. */
const ANSWER_MS = 60_000;

interface Answer {
  readonly data?: unknown;
  readonly errors?: ReadonlyArray<{
    readonly message: string;
    readonly extensions?: Partial<ErrorExtensions>;
  }>;
}

/**
 * Creates a client of the gateway at `url`, its `/graphql` address. Pass `webSocketImpl` where the platform has no
 * WebSocket.
 */
export function createGatewayClient(options: {
  url: string;
  apiKey: string;
  webSocketImpl?: unknown;
  /** Finds where a subscription of `follow` is resumed: `findResumePlace`, or what a page knows of its documents. */
  findPlace: FindPlace;
  /** Called when the WebSocket opens and when it is lost. */
  onConnection?: (isOpen: boolean) => void;
  /** Opens the WebSocket; by default one of this client alone. */
  openSocket?: OpenSocket;
}): GatewayClient {
  const authorization = `Bearer ${options.apiKey}`;
  // What cannot be sent at all is noticed here.
  const url = new URL(options.url);
  const headers = new Headers({
    authorization,
    'content-type': 'application/json',
    accept: 'application/graphql-response+json, application/json',
  });
  let socket: Socket | null = null;
  let isClosed = false;
  /** The WebSocket, which only `follow` needs. */
  const openSocket = () => {
    const settings = {
      url: url.href.replace(/^http/, 'ws'),
      webSocketImpl: options.webSocketImpl,
      connectionParams: { authorization },
      on: {
        connected: () => options.onConnection?.(true),
        closed: () => options.onConnection?.(false),
      },
    };
    socket ??= (options.openSocket ?? createClientThatResumes)(settings, options.findPlace);
    return socket;
  };
  return {
    async request<Data>(query: string, variables = {}) {
      const body = JSON.stringify({ query, variables });
      const signal = AbortSignal.timeout(ANSWER_MS);
      const response = await fetch(url, { method: 'POST', headers, body, signal }).catch((cause: unknown) => {
        throw unreachable('', true, null, cause);
      });
      return dataOf<Data>(await answerOf(response));
    },
    async *follow<Data>(query: string, variables: Record<string, unknown>, signal: AbortSignal) {
      if (signal.aborted || isClosed) return;
      const results = openSocket().iterate({ query, variables });
      const leave = (): void => void results.return?.();
      signal.addEventListener('abort', leave);
      try {
        for await (const result of results) yield dataOf<Data>(result as Answer);
      } finally {
        signal.removeEventListener('abort', leave);
        leave();
      }
    },
    drop() {
      socket?.terminate();
    },
    async close() {
      isClosed = true;
      await socket?.dispose();
    },
  };
}

/** The answer of the gateway. A proxy in front of it answers in its own way, in JSON as well. */
async function answerOf(response: Response): Promise<Answer> {
  const { status, headers } = response;
  const isRetryable = status >= 500 || status === 408 || status === 429;
  const waitMs = Number(headers.get('retry-after')) * 1_000 || null;
  try {
    const answer = (await response.json()) as Answer;
    if (answer.data || answer.errors) return answer;
  } catch (cause) {
    throw unreachable(`: status ${status}`, isRetryable || response.ok, waitMs, cause);
  }
  throw unreachable(`: status ${status}`, isRetryable, waitMs);
}

function unreachable(how: string, retryable: boolean, retryAfterMs: number | null, cause?: unknown): GatewayError {
  const extensions = { code: 'UNAVAILABLE', retryable, retryAfterMs };
  return new GatewayError(`The gateway cannot be reached${how}.`, extensions, cause);
}

function dataOf<Data>({ data, errors }: Answer): Data {
  const [error] = errors ?? [];
  if (error) throw new GatewayError(error.message, { code: 'INTERNAL', ...error.extensions });
  return data as Data;
}
