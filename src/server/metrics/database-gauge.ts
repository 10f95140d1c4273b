import { Gauge, type Registry } from 'prom-client';
import { within } from '../../store/connection/with-timeout.ts';
import { remembered } from '../cached.ts';

/** What gauges share is remembered as long. */
export const REMEMBERED_MS = 1_000;
const READ_MS_MAX = 2_000;

/** A number that is read from the database, at most once a second; NaN while that does not answer, and the others are told. */
export function addDatabaseGauge(
  registers: Registry[],
  { name, help, read }: { readonly name: string; readonly help: string; readonly read: () => Promise<number> },
): void {
  const known = remembered(() => within(read(), READ_MS_MAX, Number.NaN), REMEMBERED_MS);
  new Gauge({
    name,
    help,
    registers,
    async collect() {
      this.set(await known());
    },
  });
}
