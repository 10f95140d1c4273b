import type { WriteContext } from '../../store/write-context.ts';
import type { App } from '../app.ts';

/** Counts quarantined answers after the commit, and tells the operator. */
export function noteQuarantined(app: App, { tx, merchantId }: WriteContext, count: number): void {
  if (count === 0) return;
  tx.onCommit(() => {
    app.meter.quarantined(count);
    app.log.warn({ merchantId, quarantined: count }, 'quarantined bank answers that no transition allows');
  });
}
