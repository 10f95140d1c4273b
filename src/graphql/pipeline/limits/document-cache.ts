import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/**
 * All documents kept have so many characters together. Parsed, a character may take 250 bytes; an application has some hundred
 * documents of a thousand characters.
 */
const CHARACTERS_MAX = 256 * 1_024;

interface Cache<Value> {
  get(text: string): Value | undefined;
  set(text: string, value: Value): unknown;
}

/** Parsed documents, for those who send the same again: bounded by their text, for whoever sends others would fill the memory. */
export function createDocumentCache(): Cache<DocumentNode> {
  return new LRUCache<string, DocumentNode>({
    maxSize: CHARACTERS_MAX,
    sizeCalculation: (_document, text) => Math.max(text.length, 1),
  });
}

/** What is refused is refused anew: to keep it would keep its text, of whatever length. */
export const NO_CACHE: Cache<Error> = { get: () => undefined, set: () => {} };
