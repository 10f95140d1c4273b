import type { ExecutionResult } from 'graphql';
import type { Log } from '../services/app.ts';
import { presentError, presentResult } from './present-errors.ts';

/**
 * A stream of results as callers see it. One that breaks ends with its error as the last result: the caller learns why, and
 * the other streams of its socket go on.
 */
export function presentStream(
  results: AsyncIterable<ExecutionResult>,
  requestId: string,
  log: Log,
): AsyncIterableIterator<ExecutionResult> {
  const source = results[Symbol.asyncIterator]();
  let isBroken = false;
  return {
    async next() {
      if (isBroken) return { done: true, value: undefined };
      try {
        const { done, value } = await source.next();
        return done ? { done, value: undefined } : { done: false, value: presentResult(value, requestId, log) };
      } catch (error) {
        isBroken = true;
        return { done: false, value: { errors: [presentError(error, requestId, log)] } };
      }
    },
    async return() {
      await source.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

export function isStream(result: unknown): result is AsyncIterable<ExecutionResult> {
  return typeof result === 'object' && result !== null && Symbol.asyncIterator in result;
}
