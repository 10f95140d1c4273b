import type { Context } from '../context.ts';

/** The values of one request that a plan is bound to. */
export interface Binding {
  readonly context: Context;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly streamCursor: string | null;
}

/** A part of a plan: what it reads in every request, or a function that returns what it reads in one. */
export type Bound<Part extends object> = Part | ((binding: Binding) => Part);

/** Returns what a part reads in a request. */
export function bound<Part extends object>(part: Bound<Part>, binding: Binding): Part {
  return typeof part === 'function' ? (part as (binding: Binding) => Part)(binding) : part;
}

/** Returns the part that `make` makes of another. It is the same for every request if the other one is. */
export function derived<From extends object, Part extends object>(
  from: Bound<From>,
  make: (from: From) => Part,
): Bound<Part> {
  return typeof from === 'function' ? (binding) => make(bound(from, binding)) : make(from);
}

/** Returns the list of parts. It is the same for every request if all of them are; null when one is absent. */
export function listed<Part extends object>(parts: ReadonlyArray<Bound<Part> | null>): Bound<readonly Part[]> | null {
  const planned = all(parts);
  if (!planned?.some((part) => typeof part === 'function')) return planned as readonly Part[] | null;
  return (binding) => planned.map((part) => bound(part, binding));
}

/** Returns the parts, or null when one of them is absent. */
export function all<Part>(parts: ReadonlyArray<Part | null>): readonly Part[] | null {
  return parts.includes(null) ? null : (parts as readonly Part[]);
}
