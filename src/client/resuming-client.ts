import {
  type Client,
  type ClientOptions,
  createClient,
  type ExecutionResult,
  type FormattedExecutionResult,
  type Sink,
  type SubscribePayload,
} from 'graphql-ws';
import { findResumePlace, type ResumePlace } from './resume-place.ts';

const RETRY_MS_MIN = 500;
const RETRY_MS_MAX = 10_000;
/** The socket outlives the moment between two operations. */
const LAZY_CLOSE_MS = 1_000;
const HEAD = 'query StreamHead { events(first: 0) { streamCursor } }';

/**
 * A graphql-ws client whose subscriptions go on where they were. A stock client repeats its first variables when it reconnects;
 * this one moves the variable given as `after` along with each `cursor` it gets, so nothing is missed and nothing comes twice. It
 * tries for as long as it is subscribed. Takes the options of graphql-ws, and stands wherever a client of it does: urql's
 * `subscriptionExchange`, Apollo's `GraphQLWsLink`.
 *
 * A subscription takes `after` from a variable and selects `cursor`; one that does not ends with a TypeError.
 */
export function createResumingClient(options: ClientOptions): Client {
  const client = createClient({
    retryAttempts: Number.POSITIVE_INFINITY,
    // What a browser and `ws` say of a port that refuses is no close event, and for graphql-ws fatal.
    shouldRetry: () => true,
    lazyCloseTimeout: LAZY_CLOSE_MS,
    retryWait: (retries) => pause(Math.min(RETRY_MS_MIN * 2 ** retries, RETRY_MS_MAX) * (0.5 + Math.random())),
    ...options,
  });
  const subscribe: Client['subscribe'] = (payload, sink) => {
    try {
      const place = findResumePlace(payload.query, payload.operationName);
      return place ? follow(client, payload, place, sink as Sink) : client.subscribe(payload, sink);
    } catch (error) {
      sink.error(error);
      return () => {};
    }
  };
  return { ...client, subscribe, iterate: (payload) => iterate(subscribe, payload) as never };
}

function follow(client: Client, payload: SubscribePayload, { variable, field }: ResumePlace, sink: Sink): () => void {
  // graphql-ws serialises the payload anew each time it connects: what stands here then is sent.
  const variables: Record<string, unknown> = { ...payload.variables };
  let isStopped = false;
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

  /** From now on is a place too: without it, what happens before the first result would be lost with the connection. */
  function beginNow(): void {
    run(
      { query: HEAD },
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
        retryMs = retryAfterMs(result);
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

/** The gateway says of some refusals that the same call may work soon. */
function retryAfterMs({ errors, data }: FormattedExecutionResult<unknown, unknown>): number | null {
  const [error] = errors ?? [];
  if (data || error?.extensions?.['retryable'] !== true) return null;
  return Number(error.extensions['retryAfterMs'] ?? RETRY_MS_MIN);
}

/** The results as they come; leaving the loop unsubscribes. */
function iterate(subscribe: Client['subscribe'], payload: SubscribePayload): AsyncIterableIterator<ExecutionResult> {
  const results: ExecutionResult[] = [];
  let end: { readonly error?: unknown } | null = null;
  let wake = (): void => {};
  const finish = (how: { readonly error?: unknown }): void => {
    end ??= how;
    wake();
  };
  const stop = subscribe(payload, {
    next(result) {
      results.push(result as ExecutionResult);
      wake();
    },
    error: (error) => finish({ error }),
    complete: () => finish({}),
  });
  return {
    async next() {
      while (results.length === 0 && end === null) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const value = results.shift();
      if (value) return { done: false, value };
      if (end && 'error' in end) throw end.error;
      return { done: true, value: undefined };
    },
    async return() {
      results.length = 0;
      finish({});
      stop();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
