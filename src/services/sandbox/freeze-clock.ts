import { withMerchant } from '../../store/connection/merchant-transaction.ts';
import { isSandboxMerchant, lockClock, lockDueWorkTurn, setClock } from '../../store/merchants/merchants.ts';
import type { App, Caller } from '../app.ts';

/** Stops a sandbox merchant's clock where it is, or lets it tick on from there; what it shows. Null when it is no sandbox. */
export function freezeClock(app: App, { merchantId }: Caller, isFrozen: boolean): Promise<Date | null> {
  return withMerchant(app.database, merchantId, async (tx) => {
    if (!(await isSandboxMerchant(tx, merchantId))) return null;
    await lockDueWorkTurn(tx, merchantId, 'WAIT');
    await lockClock(tx, merchantId);
    const now = await app.clock.now(tx, merchantId);
    await setClock(tx, merchantId, now, isFrozen);
    return now;
  });
}
