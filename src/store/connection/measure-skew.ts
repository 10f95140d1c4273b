import { type Database, queryable } from './database.ts';

/**
 * Returns how far this machine's clock is ahead of the database's, in milliseconds; negative when it is behind. Half of
 * the round-trip time is deducted, so that a slow answer does not look like skew.
 */
export async function measureSkewMs(database: Database, now: () => number = Date.now): Promise<number> {
  const askedAt = now();
  const asked = performance.now();
  const [row] = await queryable(database).query<{ now: Date }>('SELECT clock_timestamp() AS now');
  const tookMs = performance.now() - asked;
  if (!row) return 0;
  const skewMs = askedAt + tookMs / 2 - row.now.getTime();
  return Math.sign(skewMs) * Math.max(0, Math.abs(skewMs) - tookMs / 2);
}
