/** Thrown when the in-flight work of a node is at its limit. The same call may succeed shortly. */
export class Busy extends Error {
  /** Milliseconds to wait before a retry. */
  readonly retryAfterMs: number;

  constructor(retryAfterMs = 1_000) {
    super('this node is busy');
    this.retryAfterMs = retryAfterMs;
  }
}
