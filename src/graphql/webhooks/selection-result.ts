import type { ExecutionResult } from 'graphql';
import { isStream, type Stream } from '../events/subscription.ts';

/** Thrown when a selection cannot be resolved, for example because the schema has changed since it was saved. */
export class SelectionFailed extends Error {}

/** Returns an opened stream. Throws SelectionFailed when it was refused. */
export function streamOf(opened: Stream | ExecutionResult): Stream {
  if (isStream(opened)) return opened;
  throw new SelectionFailed(opened.errors?.[0]?.message ?? 'the selection was refused');
}

/** Returns the body in the result of a selection. Throws SelectionFailed when a field of it could not be resolved. */
export function bodyIn(result: string): string {
  const { data, errors } = JSON.parse(result) as { data: { events: object }; errors?: readonly Error[] };
  if (errors?.[0]) throw new SelectionFailed(errors[0].message);
  return JSON.stringify(data.events);
}
