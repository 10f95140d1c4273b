/** Thrown when a node has too much under way for one more piece of work. The same call may succeed shortly. */
export class Busy extends Error {
  /** Milliseconds until a retry is worthwhile. */
  readonly retryAfterMs: number;

  constructor(retryAfterMs = 1_000) {
    super('this node is busy');
    this.retryAfterMs = retryAfterMs;
  }
}
