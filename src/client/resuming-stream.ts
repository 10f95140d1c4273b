import { findResumePlace } from './resume-place.ts';

const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 30_000;
/** State of an EventSource that does not reconnect any more. */
const CLOSED = 2;

/** A result of a subscription. */
export interface StreamResult {
  readonly data?: unknown;
  readonly errors?: ReadonlyArray<{
    readonly message: string;
    readonly extensions?: Readonly<Record<string, unknown>>;
  }>;
}

/** What a stream is given. */
export interface StreamSink {
  /** A result of the subscription, in order and once. */
  next(result: StreamResult): void;
  /** The gateway has ended the stream; the last result says why. */
  complete?(): void;
  /** A ticket could not be had; it is asked for again. */
  error?(error: unknown): void;
}

/** A stream of server-sent events. */
export interface StreamOptions {
  /** Address of `/graphql/stream`. */
  readonly url: string;
  /** The subscription, which takes `after` from a variable and selects `cursor`. */
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Returns a ticket for the subscription, from your server, which has it from `createStreamTicket`. Called again when it has expired. */
  newTicket(query: string): Promise<string>;
  /** An EventSource, where the platform has none. */
  readonly eventSourceImpl?: typeof EventSource;
}

/**
 * Follows a subscription by server-sent events with tickets, across lost connections and expired tickets, until the returned function is
 * called. Throws a TypeError for what cannot be resumed.
 */
export function createResumingStream(options: StreamOptions, sink: StreamSink): () => void {
  const { url, query, newTicket, eventSourceImpl = globalThis.EventSource } = options;
  const place = findResumePlace(query, undefined);
  if (!place) throw new TypeError('only a subscription can be followed');
  const variables: Record<string, unknown> = { ...options.variables };
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  /** Wait after a refusal that may be repeated, in milliseconds. */
  let refusedMs: number | null = null;
  let isStopped = false;
  const stop = (): void => {
    isStopped = true;
    clearTimeout(timer);
    source?.close();
  };
  const again = (): void => {
    if (isStopped) return;
    const ownMs = Math.min(RETRY_MS_MIN * 2 ** failures, RETRY_MS_MAX) * (0.5 + Math.random());
    timer = setTimeout(connect, refusedMs ?? ownMs);
    refusedMs = null;
    failures += 1;
  };
  const open = (ticket: string): void => {
    if (isStopped) return;
    const asked = new URLSearchParams({ query, variables: JSON.stringify(variables), ticket });
    const opened = new eventSourceImpl(`${url}?${asked}`);
    source = opened;
    const note = ({ lastEventId }: MessageEvent): void => {
      if (lastEventId) variables[place.variable] = lastEventId;
      failures = 0;
    };
    opened.addEventListener('ready', note);
    opened.addEventListener('next', (event) => {
      const result = JSON.parse(event.data) as StreamResult;
      refusedMs = retryAfterMs(result);
      if (refusedMs !== null) return;
      note(event);
      sink.next(result);
    });
    opened.addEventListener('complete', () => {
      if (refusedMs !== null) {
        opened.close();
        again();
        return;
      }
      stop();
      sink.complete?.();
    });
    // A refused ticket closes it; after a lost connection it reconnects by itself, from the last event.
    opened.addEventListener('error', () => opened.readyState === CLOSED && again());
  };
  const connect = (): void => {
    newTicket(query).then(open, (error: unknown) => {
      sink.error?.(error);
      again();
    });
  };
  connect();
  return stop;
}

/** Returns the wait before a retryable refusal is repeated, in milliseconds; null for any other result. */
function retryAfterMs({ data, errors }: StreamResult): number | null {
  const { retryable, retryAfterMs: asked } = errors?.[0]?.extensions ?? {};
  if (data || retryable !== true) return null;
  return Number(asked ?? RETRY_MS_MIN);
}
