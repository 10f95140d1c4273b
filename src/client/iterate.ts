import type { Client, ExecutionResult, SubscribePayload } from 'graphql-ws';

/** Returns the results of a subscription as an iterator. Leaving the loop unsubscribes. */
export function iterate(
  subscribe: Client['subscribe'],
  payload: SubscribePayload,
): AsyncIterableIterator<ExecutionResult> {
  const results: ExecutionResult[] = [];
  let end: { readonly error?: unknown } | null = null;
  let waiting: Array<() => void> = [];
  const wake = (): void => {
    for (const go of waiting) go();
    waiting = [];
  };
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
        await new Promise<void>((resolve) => waiting.push(resolve));
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
