import {
  type Client,
  type ClientOptions,
  createClient,
  type FormattedExecutionResult,
  type Sink,
  type SubscribePayload,
} from 'graphql-ws';
import { iterate } from './iterate.ts';
import type { ResumePlace } from './resume-place.ts';
import { STREAM_HEAD } from './stream-head.ts';

const RETRY_MS_MIN = 500;
const RETRY_MS_MAX = 10_000;
const KEEP_ALIVE_MS = 10_000;
const PONG_WAIT_MS = 5_000;
/** Close code for invalid or expired credentials. */
const FORBIDDEN = 4403;
/** Number of consecutive refusals with FORBIDDEN after which the client gives up. */
const REFUSALS_MAX = 2;
/** Number of consecutive RATE_LIMITED results after which the error is passed to the subscriber. */
const RATE_LIMITED_MAX = 5;
/** Time for which an unused socket stays open between two operations, in milliseconds. */
const LAZY_CLOSE_MS = 1_000;

/** Returns how a subscription is resumed; null for a query. Throws a TypeError for what cannot be resumed. */
export type FindPlace = (query: string, operationName: string | null | undefined) => ResumePlace | null;

/** Creates a graphql-ws client that resumes subscriptions at the place that `findPlace` returns. */
export function createClientThatResumes(options: ClientOptions, findPlace: FindPlace): Client {
  let refusals = 0;
  const client = createClient({
    retryAttempts: Number.POSITIVE_INFINITY,
    // Browsers and `ws` report a refused connection without a close event, which graphql-ws treats as fatal, so this
    // retries it. Credentials may be renewed between attempts, but are wrong when refused REFUSALS_MAX times in a row.
    shouldRetry: (event) => (event as { code?: number } | null)?.code !== FORBIDDEN || refusals < REFUSALS_MAX,
    lazyCloseTimeout: LAZY_CLOSE_MS,
    keepAlive: KEEP_ALIVE_MS,
    retryWait: (retries) => pause(Math.min(RETRY_MS_MIN * 2 ** retries, RETRY_MS_MAX) * (0.5 + Math.random())),
    ...options,
  });
  client.on('closed', (event) => {
    refusals += (event as { code?: number }).code === FORBIDDEN ? 1 : 0;
  });
  client.on('connected', () => {
    refusals = 0;
  });
  watchForSilence(client);
  const subscribe: Client['subscribe'] = (payload, sink) => {
    try {
      const place = findPlace(payload.query, payload.operationName);
      return place ? follow(client, payload, place, sink as Sink) : client.subscribe(payload, sink);
    } catch (error) {
      sink.error(error);
      return () => {};
    }
  };
  return { ...client, subscribe, iterate: (payload) => iterate(subscribe, payload) as never };
}

/** Terminates a connection that does not answer a ping within PONG_WAIT_MS, so that the client reconnects. */
function watchForSilence(client: Client): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  client.on('ping', (isReceived) => {
    if (isReceived) return;
    clearTimeout(timer);
    timer = setTimeout(() => client.terminate(), PONG_WAIT_MS);
  });
  client.on('pong', (isReceived) => isReceived && clearTimeout(timer));
  client.on('closed', () => clearTimeout(timer));
}

function follow(client: Client, payload: SubscribePayload, { variable, field }: ResumePlace, sink: Sink): () => void {
  // graphql-ws serialises the payload on each connect, so changes to this object take effect on the next one.
  const variables: Record<string, unknown> = { ...payload.variables };
  let isStopped = false;
  let limitedCount = 0;
  let stopCurrent = (): void => {};
  begin();
  return () => {
    isStopped = true;
    stopCurrent();
  };

  function begin(): void {
    if (typeof variables[variable] === 'string') run({ ...payload, variables }, sink);
    else beginNow();
  }

  /**
   * Reads the current end of the log first: without that cursor, events before the first result would be lost with the
   * connection.
   */
  function beginNow(): void {
    run(
      { query: STREAM_HEAD },
      {
        next({ data, errors }) {
          const head = data?.['events'] as { readonly streamCursor: string } | undefined;
          if (head) variables[variable] = head.streamCursor;
          else sink.next({ errors: errors ?? [] });
        },
        error: (error) => sink.error(error),
        complete: () => (isStopped || typeof variables[variable] !== 'string' ? sink.complete() : begin()),
      },
    );
  }

  function run(request: SubscribePayload, to: Sink): void {
    let retryMs: number | null = null;
    stopCurrent = client.subscribe(request, {
      next(result) {
        limitedCount = codeOf(result) === 'RATE_LIMITED' ? limitedCount + 1 : 0;
        retryMs = limitedCount < RATE_LIMITED_MAX ? retryAfterMs(result) : null;
        if (retryMs !== null) return;
        const item = result.data?.[field] as { cursor?: unknown } | null | undefined;
        if (typeof item?.cursor === 'string') variables[variable] = item.cursor;
        to.next(result);
      },
      error: (error) => to.error(error),
      complete() {
        if (retryMs === null || isStopped) return to.complete();
        const timer = setTimeout(begin, retryMs);
        stopCurrent = () => {
          clearTimeout(timer);
          to.complete();
        };
      },
    });
  }
}

/** Returns the wait before a retryable refusal is retried, in milliseconds; null for any other result. */
function retryAfterMs({ errors, data }: FormattedExecutionResult<unknown, unknown>): number | null {
  const [error] = errors ?? [];
  if (data || error?.extensions?.['retryable'] !== true) return null;
  return Number(error.extensions['retryAfterMs'] ?? RETRY_MS_MIN);
}

function codeOf({ errors }: FormattedExecutionResult<unknown, unknown>): unknown {
  return errors?.[0]?.extensions?.['code'];
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
