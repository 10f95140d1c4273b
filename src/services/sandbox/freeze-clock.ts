import { withMerchant } from '../../store/connection/merchant-transaction.ts';
import { isSandboxMerchant, lockClock, lockDueWorkOf, setClock } from '../../store/merchants/merchants.ts';
import type { App, Caller } from '../app.ts';

/**
 * Freezes the clock of a sandbox merchant, or lets it run on from its current time, in one transaction. Returns that
 * time; null if the merchant is not a sandbox.
 */
export function freezeClock(app: App, { merchantId }: Caller, isFrozen: boolean): Promise<Date | null> {
  return withMerchant(app.database, merchantId, async (tx) => {
    if (!(await isSandboxMerchant(tx, merchantId))) return null;
    await lockDueWorkOf(tx, merchantId, 'WAIT');
    lockClock(tx, merchantId);
    const now = await app.clock.now(tx, merchantId);
    setClock(tx, merchantId, now, isFrozen);
    return now;
  });
}
