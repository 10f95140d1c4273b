import { EMBEDDED_TYPES } from './embedded-types.ts';

/**
 * Type policies for Apollo Client's `InMemoryCache`: objects without an `id` are kept with the object that has them, and fields of
 * several queries are merged. All others have a global `id`, by which Apollo keeps them.
 */
export const typePolicies: Record<string, { keyFields: false; merge: true }> = Object.fromEntries(
  EMBEDDED_TYPES.map((name) => [name, { keyFields: false, merge: true }]),
);

/** The option `keys` of urql's Graphcache, for objects without an `id`. All others have a global `id`, by which it keeps them. */
export const cacheKeys: Record<string, () => null> = Object.fromEntries(
  EMBEDDED_TYPES.map((name) => [name, () => null]),
);
