import { insertAuditEntries } from '../../store/audit.ts';
import { withMerchant } from '../../store/connection/merchant-transaction.ts';
import { isSandboxMerchant, lockClock, lockDueWorkTurn, setClock } from '../../store/merchants/merchants.ts';
import { emptySandbox, setSeed } from '../../store/reset.ts';
import type { App, Caller } from '../app.ts';

export interface SandboxReset {
  /** What the clock shows then. */
  readonly clockStart: Date;
  /** What ids are made from; null: by chance, and the clock ticks. */
  readonly seed: string | null;
}

/**
 * Empties a sandbox merchant: customers, accounts, cards, mandates, payments, and the log of what happened, whose cursors are void.
 * Keys, methods, holidays and settings stay. With a seed the clock stands at its start, and the same calls make the same ids and
 * events each time. False when the merchant is no sandbox.
 */
export function resetSandbox(app: App, caller: Caller, { clockStart, seed }: SandboxReset): Promise<boolean> {
  const { merchantId } = caller;
  return withMerchant(app.database, merchantId, async (tx) => {
    if (!(await isSandboxMerchant(tx, merchantId))) return false;
    await lockDueWorkTurn(tx, merchantId, 'WAIT');
    await lockClock(tx, merchantId);
    await emptySandbox(tx, merchantId);
    if (seed !== null) await setSeed(tx, merchantId, seed);
    await setClock(tx, merchantId, clockStart, seed !== null);
    const entry = { objectId: merchantId, field: 'clock', toValue: clockStart.toISOString() };
    await insertAuditEntries(tx, merchantId, caller, [{ action: 'SANDBOX_RESET', ...entry }]);
    tx.onCommit(app.onEvents);
    return true;
  });
}
