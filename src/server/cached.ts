/**
 * What was read a moment ago, for as long as `ms`; one reads for all who ask meanwhile. Whoever asks often costs nothing, and a
 * failure is remembered as well.
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
    reading.catch(() => {}); // told to those who asked
    return reading;
  };
}
