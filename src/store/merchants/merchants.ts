import { randomUUID } from 'node:crypto';
import type { CdvMode } from '../../domain/bank-account/bank-account.ts';
import { NO_KEYS } from '../../domain/event.ts';
import type { LateRunPolicy, SandboxDefault } from '../../domain/merchant.ts';
import type { RetryPolicy } from '../../domain/payment/retry.ts';
import type { PublicHoliday } from '../../domain/public-holidays.ts';
import type { Queryable, Tx } from '../connection/database.ts';
import { insertRows } from '../connection/insert-rows.ts';
import { wallTime } from '../connection/wall-time.ts';
import { insertEvents } from '../events/events.ts';
import { newId } from '../ids.ts';
import type { WriteContext } from '../write-context.ts';

/** Inserts a merchant with its clock at wall time, its holidays and an empty event log; returns its id. */
export async function insertMerchant(
  tx: Tx,
  merchant: { name: string; isSandbox: boolean } & Partial<MerchantSettings>,
  holidays: readonly PublicHoliday[],
): Promise<string> {
  const id = newId('merchant');
  await insertRows(tx, 'merchant', [{ id, ...merchant, createdAt: wallTime(), updatedAt: wallTime(), version: 1 }]);
  await insertRows(tx, 'merchant_clock', [{ merchantId: id, offsetMs: 0 }]);
  await insertRows(tx, 'event_head', [{ merchantId: id, epoch: randomUUID(), lastPosition: 0 }]);
  const rows = holidays.map((holiday) => ({ merchantId: id, ...holiday, source: 'PUBLIC_HOLIDAYS_ACT' }));
  // Two holidays may fall on one day (Family Day and Human Rights Day in 2035): the day counts once.
  await insertRows(tx, 'holiday', rows, 'ON CONFLICT DO NOTHING');
  return id;
}

/**
 * SQL of the time on a merchant's `clock`: the database's time plus the offset, or the instant of a frozen clock. It is stable
 * within a statement, so that an index can be searched by it.
 */
export const SHOWN = "coalesce(clock.frozen_at, statement_timestamp() + clock.offset_ms * interval '1 millisecond')";

/** Returns the current time on a merchant's clock: wall time plus its offset, or the instant of a frozen clock. */
export async function findClock(tx: Queryable, merchantId: string): Promise<Date> {
  return (await findClockRow(tx, merchantId)).now;
}

/** Returns whether a merchant's clock is frozen. */
export async function isClockFrozen(tx: Queryable, merchantId: string): Promise<boolean> {
  return (await findClockRow(tx, merchantId)).frozenAt !== null;
}

async function findClockRow(tx: Queryable, merchantId: string): Promise<{ now: Date; frozenAt: Date | null }> {
  const [row] = await tx.query<{ now: Date; frozenAt: Date | null }>(
    `SELECT ${SHOWN} AS now, frozen_at FROM merchant_clock AS clock WHERE merchant_id = $1`,
    [merchantId],
  );
  if (!row) throw new Error(`merchant ${merchantId} has no clock`);
  return row;
}

/** Prevents moves of the merchant's clock until the transaction ends, so that plans made by it hold when stored. */
export async function lockClockShared(tx: Tx, merchantId: string): Promise<void> {
  await tx.query("SELECT pg_advisory_xact_lock_shared(hashtextextended('clock ' || $1, 0))", [merchantId]);
}

/** Makes transactions that assign email addresses wait for each other, for merchants whose addresses must be unique. */
export async function lockEmails(tx: Tx, merchantId: string): Promise<void> {
  await tx.query("SELECT pg_advisory_xact_lock(hashtextextended('emails ' || $1, 0))", [merchantId]);
}

/** Waits for the transactions that hold the clock, then locks it until the transaction ends so that it can be moved. */
export async function lockClock(tx: Tx, merchantId: string): Promise<void> {
  await tx.query("SELECT pg_advisory_xact_lock(hashtextextended('clock ' || $1, 0))", [merchantId]);
}

/** Whether to wait for a lock that another transaction holds, or to skip the merchant. */
export type LockMode = 'WAIT' | 'SKIP';

/**
 * Locks a merchant's due work until the transaction ends. With SKIP, returns false when another transaction holds it.
 */
export async function lockDueWorkOf(tx: Tx, merchantId: string, taking: LockMode): Promise<boolean> {
  const lock = taking === 'SKIP' ? 'FOR UPDATE SKIP LOCKED' : 'FOR UPDATE';
  const rows = await tx.query(`SELECT 1 FROM merchant_clock WHERE merchant_id = $1 ${lock}`, [merchantId]);
  return rows.length > 0;
}

/** Sets the time of a merchant's clock, either frozen or running. */
export async function setClock(tx: Queryable, merchantId: string, now: Date, isFrozen: boolean): Promise<void> {
  await tx.query(
    `UPDATE merchant_clock SET frozen_at = $3,
            offset_ms = round(extract(epoch FROM $2::timestamptz - clock_timestamp()) * 1000)
      WHERE merchant_id = $1`,
    [merchantId, now, isFrozen ? now : null],
  );
}

/** Returns whether a merchant is a sandbox, whose clock can be moved. */
export async function isSandboxMerchant(tx: Queryable, merchantId: string): Promise<boolean> {
  const [row] = await tx.query<{ isSandbox: boolean }>('SELECT is_sandbox FROM merchant WHERE id = $1', [merchantId]);
  return row?.isSandbox ?? false;
}

/** Returns whether a merchant exists. */
export async function existsMerchant(database: Queryable, merchantId: string): Promise<boolean> {
  const rows = await database.query('SELECT FROM merchant WHERE id = $1', [merchantId]);
  return rows.length > 0;
}

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

/** Returns the settings of a merchant. Throws when the merchant does not exist. */
export async function findMerchantSettings(tx: Queryable, merchantId: string): Promise<MerchantSettings> {
  const [row] = await tx.query<MerchantSettings>(
    `SELECT cdv_mode, email_unique, blacklist_running_payments, sandbox_default, late_run_policy, retry_policy
       FROM merchant WHERE id = $1`,
    [merchantId],
  );
  if (!row) throw new Error(`merchant ${merchantId} does not exist`);
  return row;
}

/** Returns the settings of a merchant, locked for update until the transaction ends. */
export async function lockMerchantSettings(tx: Tx, merchantId: string): Promise<MerchantSettings> {
  await tx.query('SELECT FROM merchant WHERE id = $1 FOR UPDATE', [merchantId]);
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
  await insertEvents(tx, merchantId, [{ ...aggregate, ...status, occurredAt, cause, keys: NO_KEYS }]);
}

/** Status in the events of a merchant. Merchants have no status of their own. */
const MERCHANT_STATUS = 'ACTIVE';

/** Returns the dates of the holidays of a merchant's banks. */
export async function findHolidays(tx: Queryable, merchantId: string): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ date: string }>('SELECT date FROM holiday WHERE merchant_id = $1', [merchantId]);
  return new Set(rows.map((row) => row.date));
}
