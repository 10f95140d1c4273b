import { randomUUID } from 'node:crypto';
import type { MerchantMode } from '../../domain/merchant.ts';
import type { PublicHoliday } from '../../domain/public-holidays.ts';
import type { Queryable, Tx } from '../connection/database.ts';
import { insertRows } from '../connection/insert-rows.ts';
import { wallTime } from '../connection/wall-time.ts';
import { newId } from '../ids.ts';
import type { MerchantSettings } from './settings.ts';

/** Inserts a merchant with its clock at wall time, its holidays and an empty event log; returns its id. */
export async function insertMerchant(
  tx: Tx,
  merchant: { name: string; mode: MerchantMode } & Partial<MerchantSettings>,
  holidays: readonly PublicHoliday[],
): Promise<string> {
  const id = newId('merchant');
  insertRows(tx, 'merchant', [{ id, ...merchant, createdAt: wallTime(), updatedAt: wallTime(), version: 1 }]);
  insertRows(tx, 'merchant_clock', [{ merchantId: id, offsetMs: 0 }]);
  insertRows(tx, 'event_head', [{ merchantId: id, epoch: randomUUID(), lastPosition: 0 }]);
  const rows = holidays.map((holiday) => ({ merchantId: id, ...holiday, source: 'PUBLIC_HOLIDAYS_ACT' }));
  // Two holidays may fall on one day (Family Day and Human Rights Day in 2035): the day counts once.
  insertRows(tx, 'holiday', rows, 'ON CONFLICT DO NOTHING');
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
export function lockClockShared(tx: Tx, merchantId: string): void {
  tx.send("SELECT pg_advisory_xact_lock_shared(hashtextextended('clock ' || $1, 0))", [merchantId]);
}

/** Makes transactions that assign email addresses wait for each other, for merchants whose addresses must be unique. */
export function lockEmails(tx: Tx, merchantId: string): void {
  tx.send("SELECT pg_advisory_xact_lock(hashtextextended('emails ' || $1, 0))", [merchantId]);
}

/** Waits for the transactions that hold the clock, then locks it until the transaction ends so that it can be moved. */
export function lockClock(tx: Tx, merchantId: string): void {
  tx.send("SELECT pg_advisory_xact_lock(hashtextextended('clock ' || $1, 0))", [merchantId]);
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
export function setClock(tx: Tx, merchantId: string, now: Date, isFrozen: boolean): void {
  tx.send(
    `UPDATE merchant_clock SET frozen_at = $3,
            offset_ms = round(extract(epoch FROM $2::timestamptz - clock_timestamp()) * 1000)
      WHERE merchant_id = $1`,
    [merchantId, now, isFrozen ? now : null],
  );
}

/** Returns the mode of a merchant; null when there is no such merchant. */
export async function findMode(database: Queryable, merchantId: string): Promise<MerchantMode | null> {
  const [row] = await database.query<{ mode: MerchantMode }>('SELECT mode FROM merchant WHERE id = $1', [merchantId]);
  return row?.mode ?? null;
}

/** Returns whether a sandbox was reset with a seed, from which its ids and references are derived. */
export async function isSeeded(database: Queryable, merchantId: string): Promise<boolean> {
  const rows = await database.query('SELECT FROM id_seed WHERE merchant_id = $1', [merchantId]);
  return rows.length > 0;
}

/** Returns whether a merchant is a sandbox, whose clock can be moved. */
export async function isSandboxMerchant(tx: Queryable, merchantId: string): Promise<boolean> {
  return (await findMode(tx, merchantId)) === 'SANDBOX';
}
