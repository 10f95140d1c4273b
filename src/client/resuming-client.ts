import {
  type Client,
  type ClientOptions,
  createClient,
  type FormattedExecutionResult,
  type Sink,
  type SubscribePayload,
} from 'graphql-ws';
import { iterate } from './iterate.ts';
import { findResumePlace, type ResumePlace } from './resume-place.ts';

const RETRY_MS_MIN = 500;
const RETRY_MS_MAX = 10_000;
const KEEP_ALIVE_MS = 10_000;
const PONG_WAIT_MS = 5_000;
/** The code of credentials that are not, or no longer, good. */
const FORBIDDEN = 4403;
const REFUSALS_MAX = 2;
/** Refusals that a wait does not help are shown after so many. */
const RATE_LIMITED_MAX = 5;
/** The socket outlives the moment between two operations. */
const LAZY_CLOSE_MS = 1_000;
const HEAD = 'query StreamHead { events(first: 0) { streamCursor } }';

/**
 * A graphql-ws client whose subscriptions go on where they were. A stock client repeats its first variables when it reconnects;
 * this one moves the variable given as `after` along with each `cursor` it gets, so nothing is missed and nothing comes twice. It
 * tries for as long as it is subscribed, and notices a network that is silent. Takes the options of graphql-ws, and stands wherever
 * a client of it does: urql's `subscriptionExchange`, Apollo's `GraphQLWsLink`.
 *
 * A subscription takes `after` from a variable and selects `cursor`; one that does not ends with a TypeError, as does a mutation:
 * under way when the connection breaks, it would be sent again. Send it by POST.
 */
export function createResumingClient(options: ClientOptions): Client {
  let refusals = 0;
  const client = createClient({
    retryAttempts: Number.POSITIVE_INFINITY,
    // What a browser and `ws` say of a port that refuses is no close event, and for graphql-ws fatal. Credentials may be renewed
    // in between, but those that are refused twice in a row are wrong.
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
      const place = findResumePlace(payload.query, payload.operationName);
      return place ? follow(client, payload, place, sink as Sink) : client.subscribe(payload, sink);
    } catch (error) {
      sink.error(error);
      return () => {};
    }
  };
  return { ...client, subscribe, iterate: (payload) => iterate(subscribe, payload) as never };
}

/** A connection that does not answer a ping is given up, and begun anew. */
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
  // graphql-ws serialises the payload anew each time it connects: what stands here then is sent.
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

/** The gateway says of some refusals that the same call may work soon. */
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
