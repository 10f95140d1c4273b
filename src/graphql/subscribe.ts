import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, execute } from 'graphql';
import { type Context, createContext } from './context.ts';

/**
 * Subscribes as graphql-js does, but executes each event in a context of its own: with one for the whole subscription, its
 * loaders would show the second event what they had read for the first.
 */
export async function subscribe(args: ExecutionArgs): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> {
  const events = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in events)) return events;
  const { gateway, requestId, caller } = args.contextValue as Context;
  const source = events[Symbol.asyncIterator]();
  const results: AsyncIterableIterator<ExecutionResult> = {
    async next() {
      const { done, value } = await source.next();
      if (done) return { done, value: undefined };
      const contextValue = createContext(gateway, requestId, caller);
      const result = await execute({ ...args, rootValue: value, contextValue });
      if (result.data) return { done: false, value: result };
      // An event that could not be resolved has no cursor to show. Going on would step over it: the stream ends instead, and
      // its reader comes back with the cursor before.
      await source.return?.();
      throw result.errors?.[0] ?? new Error('an event was resolved to nothing');
    },
    async return() {
      await source.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
  return results;
}
