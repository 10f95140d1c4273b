const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Delay after the first failed attempt of a delivery, after the second, and so on; the last one repeats. */
const DELAYS_MS = [5 * SECOND_MS, 30 * SECOND_MS, 2 * MINUTE_MS, 10 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS] as const;
/** Time from the queueing of a delivery until it is given up, and from its first failure until an endpoint is disabled. */
export const GIVE_UP_MS = 72 * HOUR_MS;
/** Share of a delay that is added at random, so that deliveries that failed together are not repeated together. */
const JITTER = 0.2;

/** Number of consecutive failures after which an endpoint as a whole is paused. */
const FAILURES_BEFORE_PAUSE = 10;
const PAUSE_MS_MAX = MINUTE_MS;

/**
 * Returns the delay before the next attempt of a delivery that has failed `failures` times, in milliseconds. `random` is in
 * [0, 1).
 */
export function retryDelayMs(failures: number, random: number): number {
  const delay = DELAYS_MS[Math.min(failures, DELAYS_MS.length) - 1] ?? DELAYS_MS[0];
  return Math.round(delay * (1 + random * JITTER));
}

/** Returns how long an endpoint is paused after a number of consecutive failures, in milliseconds; 0 below `FAILURES_BEFORE_PAUSE`. */
export function pauseMs(failures: number): number {
  const over = failures - FAILURES_BEFORE_PAUSE;
  return over < 0 ? 0 : Math.min(PAUSE_MS_MAX, SECOND_MS * 2 ** Math.min(over, 10));
}
