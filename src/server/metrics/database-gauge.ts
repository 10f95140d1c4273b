import { Gauge, type Registry } from 'prom-client';
import { withTimeout } from '../../store/connection/with-timeout.ts';
import { cached } from '../cached.ts';

/** What gauges share is remembered as long. */
export const CACHED_MS = 1_000;
const READ_MS_MAX = 2_000;

/** A number that is read from the database, at most once a second; NaN while that does not answer, and the others are told. */
export function addDatabaseGauge(
  registers: Registry[],
  { name, help, read }: { readonly name: string; readonly help: string; readonly read: () => Promise<number> },
): void {
  const known = cached(() => withTimeout(read(), READ_MS_MAX, Number.NaN), CACHED_MS);
  new Gauge({
    name,
    help,
    registers,
    async collect() {
      this.set(await known());
    },
  });
}
