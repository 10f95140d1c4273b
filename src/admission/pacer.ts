/** Spreads heavy work of one client over time, so that what others want comes in between. */
export interface Pacer {
  /** Resolves when this much more of a client's work may begin. Throws `TooMuch` when it would have to wait for too long. */
  wait(client: string, points: number): Promise<void>;
}

/** Thrown when the queue of a client's heavy work is longer than the longest wait allowed. */
export class TooMuch extends Error {
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super('too much heavy work of this client waits');
    this.retryAfterMs = retryAfterMs;
  }
}

interface PacerOptions {
  /** Points of work that one client's share of the node comes to. */
  readonly pointsPerSecond: number;
  readonly waitMsMax: number;
}

/** A client's work begins one piece after the other, each as much later as the one before weighs. */
export function createPacer(
  { pointsPerSecond, waitMsMax }: PacerOptions,
  now: () => number = () => performance.now(),
): Pacer {
  /** When the next piece of a client may begin; of clients with work not long ago. */
  const nextAt = new Map<string, number>();
  return {
    async wait(client, points) {
      for (const [other, at] of nextAt) {
        if (at > now()) break;
        nextAt.delete(other);
      }
      const beginAt = Math.max(now(), nextAt.get(client) ?? 0);
      const waitMs = beginAt - now();
      if (waitMs > waitMsMax) throw new TooMuch(Math.ceil(waitMs));
      nextAt.delete(client);
      nextAt.set(client, beginAt + (points / pointsPerSecond) * 1_000);
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    },
  };
}
