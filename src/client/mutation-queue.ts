import { type GatewayClient, GatewayError } from './gateway-client.ts';

const RETRY_MS_MIN = 500;
const RETRY_MS_MAX = 30_000;

/** Sends mutations one after another, and again until each is answered. */
export interface MutationQueue {
  /**
   * Sends a mutation whose `input` takes an `idempotencyKey`, after those before it. While no answer arrives, or a retryable error, it is
   * sent again with the same idempotency key, which is added to the input if it has none: it is done once. Rejects with a
   * GatewayError for any other error.
   */
  run<Data>(query: string, variables: { readonly input: object; readonly [name: string]: unknown }): Promise<Data>;
  /** Number of mutations that are not answered yet. They are in memory alone. */
  readonly size: number;
  /** Rejects what is not answered with the reason of an AbortSignal; what was sent may have been done. */
  stop(): void;
}

/** Creates a queue of mutations on a client. */
export function createMutationQueue(client: Pick<GatewayClient, 'request'>): MutationQueue {
  const stopping = new AbortController();
  let last: Promise<unknown> = Promise.resolve();
  let size = 0;
  return {
    run<Data>(query: string, variables: { readonly input: object; readonly [name: string]: unknown }) {
      const { idempotencyKey } = variables.input as { idempotencyKey?: string | null };
      const input = { ...variables.input, idempotencyKey: idempotencyKey ?? crypto.randomUUID() };
      const run = last.then(() => sendUntilAnswered<Data>(client, query, { ...variables, input }, stopping.signal));
      size += 1;
      last = run.then(
        () => {
          size -= 1;
        },
        () => {
          size -= 1;
        },
      );
      return run;
    },
    get size() {
      return size;
    },
    stop: () => stopping.abort(),
  };
}

async function sendUntilAnswered<Data>(
  client: Pick<GatewayClient, 'request'>,
  query: string,
  variables: object,
  signal: AbortSignal,
): Promise<Data> {
  for (let failures = 0; ; failures += 1) {
    signal.throwIfAborted();
    try {
      return await client.request<Data>(query, variables);
    } catch (error) {
      if (!(error instanceof GatewayError) || !error.extensions.retryable) throw error;
      const { retryAfterMs } = error.extensions;
      await pause(retryAfterMs ?? Math.min(RETRY_MS_MIN * 2 ** failures, RETRY_MS_MAX) * (0.5 + Math.random()), signal);
    }
  }
}

/** Waits, or until the signal aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
