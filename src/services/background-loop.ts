/** Who hears how the rounds of a loop went. */
export interface LoopReport {
  onError(error: unknown): void;
  /** A round ended well. */
  onSuccess(): void;
}

/** Work that goes on for as long as a node runs. */
export interface BackgroundLoop {
  /** There is something to do: now, rather than at the next poll. */
  wake(): void;
  /** Ends after what is under way. */
  stop(): Promise<void>;
}

/**
 * Runs `work` again and again: at once while it says that there is more, or when woken, else every `pollMs`. A failure is
 * reported, and is no end.
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
