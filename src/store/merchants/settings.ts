import { LRUCache } from 'lru-cache';
import type { CdvMode } from '../../domain/bank-account/bank-account.ts';
import { NO_KEYS } from '../../domain/event.ts';
import type { LateRunPolicy, SandboxDefault } from '../../domain/merchant.ts';
import type { RetryPolicy } from '../../domain/payment/retry.ts';
import type { Queryable, Tx } from '../connection/database.ts';
import { insertEvents } from '../events/events.ts';
import type { WriteContext } from '../write-context.ts';

/** Settings of a merchant. */
export interface MerchantSettings {
  readonly cdvMode: CdvMode;
  readonly emailUnique: boolean;
  readonly blacklistRunningPayments: 'PAUSE' | 'STOP';
  /** Behaviour of accounts at the sandbox bank that have no special meaning. */
  readonly sandboxDefault: SandboxDefault;
  /** What happens to a collection whose cut-off was missed. */
  readonly lateRunPolicy: LateRunPolicy;
  /** Automatic retry policy for unpaid debits; null disables it. */
  readonly retryPolicy: RetryPolicy | null;
}

/** The settings and holidays of a merchant at one version of the merchant. */
interface CachedMerchant {
  readonly state: string;
  readonly settings: MerchantSettings;
  readonly holidays: ReadonlySet<string>;
}

const CACHED_MAX = 200;
const cached = new LRUCache<string, CachedMerchant>({ max: CACHED_MAX });

/**
 * Returns the settings and holidays of a merchant, which change rarely and are read by every write: the holidays are read only
 * when the merchant has changed since they were cached. Every change of them writes the merchant's row. A row written within
 * the last second is not cached, so that a transaction caches nothing of its own, which it may roll back.
 */
export async function findSettingsAndHolidays(tx: Queryable, merchantId: string): Promise<CachedMerchant> {
  const known = cached.get(merchantId);
  const [row] = await tx.query<MerchantSettings & { state: string; isSettled: boolean; holidays: string[] | null }>(
    `SELECT cdv_mode, email_unique, blacklist_running_payments, sandbox_default, late_run_policy, retry_policy, state,
            merchant.updated_at < now() - interval '1 second' AS is_settled,
            CASE WHEN state IS DISTINCT FROM $2 THEN ARRAY(SELECT date::text FROM holiday WHERE merchant_id = $1) END AS holidays
       FROM merchant, concat_ws(' ', version, extract(epoch FROM updated_at)) AS state WHERE id = $1`,
    [merchantId, known?.state ?? null],
  );
  if (!row) throw new Error(`merchant ${merchantId} does not exist`);
  const { state, isSettled, holidays, ...settings } = row;
  if (known && holidays === null) return known;
  const read = { state, settings, holidays: new Set(holidays) };
  if (isSettled) cached.set(merchantId, read);
  return read;
}

/** Returns the settings of a merchant. Throws when the merchant does not exist. */
export async function findMerchantSettings(tx: Queryable, merchantId: string): Promise<MerchantSettings> {
  return (await findSettingsAndHolidays(tx, merchantId)).settings;
}

/** Returns the dates of the holidays of a merchant's banks. */
export async function findHolidays(tx: Queryable, merchantId: string): Promise<ReadonlySet<string>> {
  return (await findSettingsAndHolidays(tx, merchantId)).holidays;
}

/** Returns the settings of a merchant, locked for update until the transaction ends. */
export async function lockMerchantSettings(tx: Tx, merchantId: string): Promise<MerchantSettings> {
  tx.send('SELECT FROM merchant WHERE id = $1 FOR UPDATE', [merchantId]);
  return findMerchantSettings(tx, merchantId);
}

/** Replaces the settings of a merchant locked by the caller and inserts the event. */
export async function writeMerchantSettings(
  { tx, merchantId, occurredAt, cause }: WriteContext,
  settings: MerchantSettings,
): Promise<void> {
  const { cdvMode, emailUnique, blacklistRunningPayments, sandboxDefault, lateRunPolicy, retryPolicy } = settings;
  const [row] = await tx.query<{ version: number }>(
    `UPDATE merchant SET cdv_mode = $2::cdv_mode, email_unique = $3, blacklist_running_payments = $4::blacklisted_payments,
            sandbox_default = $5::sandbox_default, late_run_policy = $6::late_run_policy, retry_policy = $7,
            version = version + 1, updated_at = now()
      WHERE id = $1 RETURNING version`,
    [
      merchantId,
      cdvMode,
      emailUnique,
      blacklistRunningPayments,
      sandboxDefault,
      lateRunPolicy,
      retryPolicy && JSON.stringify(retryPolicy),
    ],
  );
  const status = { fromStatus: MERCHANT_STATUS, toStatus: MERCHANT_STATUS };
  const version = row?.version ?? 0;
  const aggregate = { aggregateType: 'MERCHANT' as const, aggregateId: merchantId, version };
  insertEvents(tx, merchantId, [{ ...aggregate, ...status, occurredAt, cause, keys: NO_KEYS }]);
}

/** Status in the events of a merchant. Merchants have no status of their own. */
const MERCHANT_STATUS = 'ACTIVE';
