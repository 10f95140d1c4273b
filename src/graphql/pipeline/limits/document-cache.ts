import { LRUCache } from 'lru-cache';

/**
 * Maximum number of characters of all cached documents together. A parsed character can take 250 bytes; an application
 * has about a hundred documents of a thousand characters.
 */
const CHARACTERS_MAX = 256 * 1_024;

/**
 * Creates a cache of documents that were parsed and validated. It is bounded by text length, so that varying documents
 * cannot exhaust memory. Invalid documents are not cached.
 */
export function createDocumentCache<Prepared extends object>(): LRUCache<string, Prepared> {
  return new LRUCache<string, Prepared>({
    maxSize: CHARACTERS_MAX,
    sizeCalculation: (_prepared, text) => Math.max(text.length, 1),
  });
}
