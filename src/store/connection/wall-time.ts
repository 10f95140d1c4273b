/** A difference below this is the way to the database, not a wrong clock. */
const TOLERANCE_MS = 1_000;

let offsetMs = 0;

/**
 * Wall time as the database has it: what ids and times of creation are made of. Each transaction tells what time it is there, so that the
 * clock of this machine may be wrong, or jump, and nothing that is kept says so.
 */
export function wallTime(): Date {
  return new Date(Date.now() + offsetMs);
}

/** Learns what time it was at the database in the middle of a question that took so long; a slow answer says nothing. */
export function learnTime(databaseTime: Date, tookMs: number): void {
  if (tookMs > TOLERANCE_MS) return;
  const found = databaseTime.getTime() + tookMs / 2 - Date.now();
  offsetMs = Math.abs(found) < TOLERANCE_MS ? 0 : found;
}
