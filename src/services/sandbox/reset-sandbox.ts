import { SANDBOX_CONNECTOR } from '../../domain/connector.ts';
import { insertAuditEntries } from '../../store/audit.ts';
import { withMerchant } from '../../store/connection/merchant-transaction.ts';
import { findAllowedConnectors } from '../../store/connectors/connectors.ts';
import { isSandboxMerchant, lockClock, lockDueWorkOf, setClock } from '../../store/merchants/merchants.ts';
import { emptySandbox, setSeed } from '../../store/reset.ts';
import type { App, Caller } from '../app.ts';

/** Input of `resetSandbox`. */
export interface SandboxReset {
  /** Time of the merchant clock after the reset. */
  readonly clockStart: Date;
  /** Seed of all ids, which also freezes the clock; null means random ids and a running clock. */
  readonly seed: string | null;
}

/** Whether a sandbox was reset, or why not. */
export type ResetResult = 'RESET' | 'NOT_SANDBOX' | 'HAS_BANK';

/**
 * Resets a sandbox merchant in one transaction: deletes customers, accounts, cards, mandates, payments and events, and
 * invalidates stream cursors. API keys, webhook endpoints, payment methods, holidays, settings and the audit log stay. With a seed the
 * clock is frozen and the same calls produce the same ids and events; a bank would refuse their references, so only a merchant
 * that uses no connector but the sandbox bank can be reset with one.
 */
export function resetSandbox(app: App, caller: Caller, { clockStart, seed }: SandboxReset): Promise<ResetResult> {
  const { merchantId } = caller;
  return withMerchant(app.database, merchantId, async (tx) => {
    if (!(await isSandboxMerchant(tx, merchantId))) return 'NOT_SANDBOX';
    const connectors = await findAllowedConnectors(tx, merchantId);
    if (seed !== null && [...connectors.keys()].some((id) => id !== SANDBOX_CONNECTOR)) return 'HAS_BANK';
    await lockDueWorkOf(tx, merchantId, 'WAIT');
    lockClock(tx, merchantId);
    await emptySandbox(tx, merchantId);
    if (seed !== null) setSeed(tx, merchantId, seed);
    setClock(tx, merchantId, clockStart, seed !== null);
    const entry = { objectId: merchantId, field: 'clock', toValue: clockStart.toISOString() };
    insertAuditEntries(tx, merchantId, caller, [{ action: 'SANDBOX_RESET', ...entry }]);
    tx.onCommit(app.onEvents);
    return 'RESET';
  });
}
