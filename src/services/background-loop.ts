/** Receives the outcome of each iteration of a loop. */
export interface LoopReport {
  /** An iteration failed; the loop continues. */
  onError(error: unknown): void;
  /** An iteration succeeded. */
  onSuccess(): void;
}

/** A background task that repeats for as long as the node runs. */
export interface BackgroundLoop {
  /** Starts the next iteration without waiting for the next poll. */
  wake(): void;
  /** Resolves when the current iteration has finished and the loop has stopped. */
  stop(): Promise<void>;
}

/**
 * Runs `work` repeatedly: immediately after `MORE` or a wake-up, otherwise after `pollMs` milliseconds. Failures are
 * reported and do not stop the loop.
 */
export function startBackgroundLoop(
  work: (isStopped: () => boolean) => Promise<'MORE' | 'DONE'>,
  pollMs: number,
  report: LoopReport,
): BackgroundLoop {
  let isStopped = false;
  let isWoken = false;
  let rouse: () => void = () => {};

  async function run(): Promise<void> {
    while (!isStopped) {
      isWoken = false;
      let outcome: 'MORE' | 'DONE' = 'DONE';
      try {
        outcome = await work(() => isStopped);
        report.onSuccess();
      } catch (error) {
        report.onError(error);
      }
      if (outcome === 'DONE' && !isWoken && !isStopped) await pause();
    }
  }

  function pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, pollMs);
      rouse = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  const running = run();
  return {
    wake() {
      isWoken = true;
      rouse();
    },
    async stop() {
      isStopped = true;
      rouse();
      await running;
    },
  };
}
