import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/**
 * Maximum number of characters of all cached documents together. A parsed character can take 250 bytes; an application
 * has about a hundred documents of a thousand characters.
 */
const CHARACTERS_MAX = 256 * 1_024;

interface Cache<Value> {
  get(text: string): Value | undefined;
  set(text: string, value: Value): unknown;
}

/**
 * Creates a cache of parsed documents. It is bounded by text length, so that varying documents cannot exhaust memory.
 */
export function createDocumentCache(): Cache<DocumentNode> {
  return new LRUCache<string, DocumentNode>({
    maxSize: CHARACTERS_MAX,
    sizeCalculation: (_document, text) => Math.max(text.length, 1),
  });
}

/** Errors are not cached, because a cache entry would keep the document text, whatever its length. */
export const NO_CACHE: Cache<Error> = { get: () => undefined, set: () => {} };
