import { Gauge, type Registry } from 'prom-client';
import { withTimeout } from '../../store/connection/with-timeout.ts';
import { cached } from '../cached.ts';

/** A value read from the database is reused for this long, in milliseconds. */
export const CACHED_MS = 1_000;
const READ_MS_MAX = 2_000;

/**
 * Adds a gauge that is read from the database, at most once per CACHED_MS. It is NaN when the read fails or takes
 * longer than READ_MS_MAX, so that the other metrics are still answered.
 */
export function addDatabaseGauge(
  registers: Registry[],
  { name, help, read }: { readonly name: string; readonly help: string; readonly read: () => Promise<number> },
): void {
  const known = cached(() => withTimeout(read(), READ_MS_MAX, Number.NaN), CACHED_MS);
  new Gauge({
    name,
    help,
    registers,
    // Every process reads the same database.
    aggregator: 'max',
    async collect() {
      this.set(await known());
    },
  });
}
