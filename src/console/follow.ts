/** Wait before a stream that has ended is followed again, in milliseconds. */
const RESTART_MS = 2_000;

/**
 * Follows a stream, and again whenever it has ended, until `signal` aborts. The client resumes lost connections by itself;
 * a stream ends when its cursor or its key is no longer valid. `onEnd` is given the error, if there was one.
 */
export async function followForEver(
  follow: () => Promise<void>,
  signal: AbortSignal,
  onEnd: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    const error = await follow().then(
      () => null,
      (reason: unknown) => reason,
    );
    if (signal.aborted) return;
    onEnd(error);
    await new Promise((resolve) => setTimeout(resolve, RESTART_MS));
  }
}
