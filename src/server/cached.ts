/**
 * Returns a reader that reuses the result of `read` for `ms` milliseconds. Calls during a running read share it. A
 * rejection is cached as well, so that a failing source is not asked more often.
 */
export function cached<Value>(read: () => Promise<Value>, ms: number): () => Promise<Value> {
  let reading: Promise<Value> | null = null;
  let readAt = Number.NEGATIVE_INFINITY;
  let isReading = false;
  return () => {
    if (reading && (isReading || performance.now() - readAt < ms)) return reading;
    isReading = true;
    reading = read().finally(() => {
      isReading = false;
      readAt = performance.now();
    });
    reading.catch(() => {}); // Callers receive the rejection; this prevents an unhandled one.
    return reading;
  };
}
