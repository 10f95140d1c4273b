/** Smaller differences are attributed to the round trip to the database, not to a wrong clock. */
const TOLERANCE_MS = 1_000;

let offsetMs = 0;

/**
 * Returns the wall time of the database (UTC), from which ids and creation times are made. Each transaction updates the
 * offset to it, so a wrong or jumping clock on this machine has no effect on stored data.
 */
export function wallTime(): Date {
  return new Date(Date.now() + offsetMs);
}

/** Updates the offset from the database's time halfway through a query that took `tookMs`. Slow answers are ignored. */
export function learnTime(databaseTime: Date, tookMs: number): void {
  if (tookMs > TOLERANCE_MS) return;
  const found = databaseTime.getTime() + tookMs / 2 - Date.now();
  offsetMs = Math.abs(found) < TOLERANCE_MS ? 0 : found;
}
