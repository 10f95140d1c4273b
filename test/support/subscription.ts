import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import type { Client, ExecutionResult } from 'graphql-ws';

/** A running subscription: its results as they come, to be awaited one by one or many at once. */
export interface Following<Result> {
  readonly results: Result[];
  /** The first `count` results, as soon as they are there. */
  take(count: number): Promise<Result[]>;
  /** The error the stream ended with. */
  readonly ended: Promise<unknown>;
  stop(): void;
}

export function follow<Result, Variables>(
  client: Client,
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
): Following<Result> {
  const results: Result[] = [];
  const waiting = new Set<() => void>();
  let end: (reason: unknown) => void = () => {};
  const ended = new Promise<unknown>((resolve) => {
    end = resolve;
  });
  const stop = client.subscribe<Result>(
    { query: print(document), variables: variables as Record<string, unknown> },
    {
      next(result) {
        if (result.errors) end(result.errors);
        else if (result.data) results.push(result.data);
        for (const wake of waiting) wake();
      },
      error: end,
      complete: () => end(null),
    },
  );
  return {
    results,
    ended,
    stop,
    async take(count) {
      while (results.length < count) {
        const next = new Promise<void>((resolve) => waiting.add(resolve));
        const over = ended.then((reason) => Promise.reject(new Error(`the stream ended: ${JSON.stringify(reason)}`)));
        await Promise.race([next, over]);
        waiting.clear();
      }
      return results.slice(0, count);
    },
  };
}

/** One operation over a socket; its first result. */
export async function once<Result, Variables>(
  client: Client,
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
): Promise<ExecutionResult<Result, unknown>> {
  const results = client.iterate<Result>({ query: print(document), variables: variables as Record<string, unknown> });
  const { value } = await results.next();
  return value as ExecutionResult<Result, unknown>;
}
