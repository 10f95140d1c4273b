/** Spreads the heavy work of each client over time, so that work of other clients runs in between. */
export interface Pacer {
  /** Resolves when a client's work of `points` may begin. Throws `TooMuch` when the wait would exceed `waitMsMax`. */
  wait(client: string, points: number): Promise<void>;
}

/** Thrown when the heavy work queued for a client exceeds the maximum wait. */
export class TooMuch extends Error {
  /** Milliseconds to wait before a retry. */
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super('too much heavy work of this client is queued');
    this.retryAfterMs = retryAfterMs;
  }
}

interface PacerOptions {
  /** Points of work that one client may start per second on this node. */
  readonly pointsPerSecond: number;
  /** Maximum wait of one piece of work, in milliseconds. */
  readonly waitMsMax: number;
}

/** Creates a pacer. Each piece of a client's work delays the next one in proportion to its points. */
export function createPacer(
  { pointsPerSecond, waitMsMax }: PacerOptions,
  now: () => number = () => performance.now(),
): Pacer {
  /** Earliest start of the next piece by client, for clients with recent work. */
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
