import type { Tx } from '../store/connection/database.ts';
import type { WriteContext } from '../store/write-context.ts';
import type { App } from './app.ts';

/** Returns the context of a write in a transaction: what is given, and what every write of the app has in common. */
export function contextOf(
  app: App,
  tx: Tx,
  given: Pick<WriteContext, 'merchantId' | 'occurredAt' | 'cause' | 'clientId'>,
): WriteContext {
  return { ...given, tx, clockName: app.clock.clockName, onTransaction: app.meter.transaction };
}
