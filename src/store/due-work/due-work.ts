import type { Queryable, Tx } from '../connection/database.ts';
import { insertRows } from '../connection/insert-rows.ts';
import { SHOWN } from '../merchants/merchants.ts';
import type { ClockName } from '../write-context.ts';
import { type ClockContext, DUE_KINDS, type DueKind, type DueWork } from './kinds.ts';

/** Adds due work. A job of the same kind for the same subject is replaced and loses its lease. */
export function putDueWork({ tx, merchantId, clockName }: ClockContext, work: readonly DueWork[]): void {
  // A statement can change a row only once, so only the last job of a kind for a subject is kept.
  const last = new Map(work.map((item) => [`${item.kind} ${item.subjectId}`, item]));
  insertRows(
    tx,
    'due_work',
    [...last.values()].map((item) => ({ merchantId, timeline: clockName, ...item })),
    `ON CONFLICT (merchant_id, kind, subject_id) DO UPDATE
       SET due_at = excluded.due_at, details = excluded.details, timeline = excluded.timeline, leased_until = NULL`,
  );
}

/** Returns the instant of the merchant's earliest job due by `now`, leased or not; null when there is none. */
export async function findNextDue(
  database: Queryable,
  merchantId: string,
  clockName: ClockName,
  now: Date,
): Promise<Date | null> {
  const [row] = await database.query<{ dueAt: Date }>(
    `SELECT due_at FROM due_work WHERE merchant_id = $1 AND timeline = $2 AND due_at <= $3 ORDER BY due_at LIMIT 1`,
    [merchantId, clockName, now],
  );
  return row?.dueAt ?? null;
}

/** Returns the merchants with due work on their clocks that is not leased. */
export async function findMerchantsWithDueWork(database: Queryable): Promise<string[]> {
  const rows = await database.query<{ merchantId: string }>(
    `SELECT clock.merchant_id FROM merchant_clock AS clock
      WHERE EXISTS (
        SELECT 1 FROM due_work AS work
         WHERE work.merchant_id = clock.merchant_id AND work.timeline = ''
           AND work.due_at <= ${SHOWN}
           AND (work.leased_until IS NULL OR work.leased_until < now()))`,
  );
  return rows.map((row) => row.merchantId);
}

/** Returns the number of due jobs on the clocks of all merchants, leased ones included. */
export async function countDueWork(database: Queryable): Promise<number> {
  const [row] = await database.query<{ count: number }>(
    `SELECT coalesce(sum(due.count), 0)::bigint AS count
       FROM merchant_clock AS clock, LATERAL (
         SELECT count(*) FROM due_work
          WHERE merchant_id = clock.merchant_id AND timeline = '' AND due_at <= ${SHOWN}) AS due`,
  );
  return row?.count ?? 0;
}

/** Returns how long the most overdue job has been due on its merchant's clock, in seconds; 0 when nothing is due. */
export async function findGreatestLag(database: Queryable): Promise<number> {
  const [row] = await database.query<{ seconds: number | null }>(
    `SELECT extract(epoch FROM max(${SHOWN} - earliest.due_at))::float8 AS seconds
       FROM merchant_clock AS clock, LATERAL (
         SELECT due_at FROM due_work WHERE merchant_id = clock.merchant_id AND timeline = '' ORDER BY due_at LIMIT 1) AS earliest`,
  );
  return Math.max(0, row?.seconds ?? 0);
}

/**
 * Returns the earliest due jobs of a merchant that are not leased, all of one instant and one kind, at most `limit`.
 * Kinds that only a newer node knows are left to it. Lock the jobs with `lockDueWork` before running them.
 */
export async function findDueWork(
  tx: Queryable,
  merchantId: string,
  clockName: ClockName,
  now: Date,
  limit: number,
): Promise<DueWork[]> {
  return tx.query(
    `WITH free AS NOT MATERIALIZED (
       SELECT due_at, kind FROM due_work
        WHERE merchant_id = $1 AND timeline = $2 AND (leased_until IS NULL OR leased_until < now())
     ), earliest AS MATERIALIZED (
       SELECT due_at FROM free WHERE due_at <= $3 AND kind = ANY($4) ORDER BY due_at LIMIT 1
     ), first AS MATERIALIZED (
       SELECT known.kind FROM unnest($4::text[]) WITH ORDINALITY AS known(kind, nth)
        WHERE (SELECT true FROM free WHERE due_at = (SELECT due_at FROM earliest) AND free.kind = known.kind LIMIT 1)
        ORDER BY nth LIMIT 1
     )
     SELECT kind, subject_id, due_at, details FROM due_work
      WHERE merchant_id = $1 AND timeline = $2 AND (leased_until IS NULL OR leased_until < now())
        AND due_at = (SELECT due_at FROM earliest) AND kind = (SELECT kind FROM first)
      ORDER BY subject_id LIMIT $5`,
    [merchantId, clockName, now, DUE_KINDS, limit],
  );
}

/** Statements that lock the subjects of due work, by kind. A subject is always locked before its due work. */
const SUBJECTS: Partial<Record<DueKind, string>> = {
  EXPIRE_MANDATE: 'SELECT FROM mandate WHERE merchant_id = $1 AND id = ANY($2) ORDER BY id FOR NO KEY UPDATE',
  EXPIRE_AMENDMENT: 'SELECT FROM mandate WHERE merchant_id = $1 AND id = ANY($2) ORDER BY id FOR NO KEY UPDATE',
  ADJUST_MANDATE: 'SELECT FROM mandate WHERE merchant_id = $1 AND id = ANY($2) ORDER BY id FOR NO KEY UPDATE',
  COMPLETE_MANDATE: 'SELECT FROM mandate WHERE merchant_id = $1 AND id = ANY($2) ORDER BY id FOR NO KEY UPDATE',
  SEND_MANDATE_REQUEST: `SELECT FROM mandate WHERE merchant_id = $1 AND id IN (
      SELECT mandate_id FROM mandate_request WHERE merchant_id = $1 AND reference = ANY($2)) ORDER BY id FOR SHARE`,
  CREATE_TRANSACTION: 'SELECT FROM payment WHERE merchant_id = $1 AND id = ANY($2) ORDER BY id FOR UPDATE',
  END_PAYMENT: 'SELECT FROM payment WHERE merchant_id = $1 AND id = ANY($2) ORDER BY id FOR UPDATE',
  EXPIRE_PAY_IN: 'SELECT FROM payment WHERE merchant_id = $1 AND id = ANY($2) ORDER BY id FOR UPDATE',
  DISABLE_BANK_ACCOUNT:
    'SELECT FROM bank_account WHERE merchant_id = $1 AND id = ANY($2) ORDER BY id FOR NO KEY UPDATE',
  JUDGE_AUTHORITY: 'SELECT FROM mandate WHERE merchant_id = $1 AND id = ANY($2) ORDER BY id FOR NO KEY UPDATE',
  MARK_DECEASED: 'SELECT FROM customer WHERE merchant_id = $1 AND id = ANY($2) ORDER BY id FOR UPDATE',
  SEND_TRANSACTION: `SELECT FROM payment WHERE merchant_id = $1 AND id IN (
      SELECT payment_id FROM transaction WHERE merchant_id = $1 AND id = ANY($2)) ORDER BY id FOR UPDATE`,
};

/**
 * Locks jobs and, before them, their subjects until the transaction ends. Returns the jobs that are unchanged: the
 * previous holder of the lock may have replanned or deleted some.
 */
export async function lockDueWork(tx: Tx, merchantId: string, work: readonly DueWork[]): Promise<DueWork[]> {
  const [first] = work;
  if (!first) return [];
  const ids = work.map(({ subjectId }) => subjectId);
  const subjects = SUBJECTS[first.kind];
  if (subjects) tx.send(subjects, [merchantId, ids]);
  return tx.query(
    `SELECT kind, subject_id, due_at, details FROM due_work
      WHERE merchant_id = $1 AND kind = $2 AND subject_id = ANY($3) AND due_at = $4
      ORDER BY subject_id FOR UPDATE`,
    [merchantId, first.kind, ids, first.dueAt],
  );
}

/** Leases jobs while they are at the bank, outside any transaction, so that no other node takes them. */
export async function leaseDueWork(
  database: Queryable,
  merchantId: string,
  kind: DueKind,
  subjectIds: readonly string[],
  leaseMs: number,
): Promise<void> {
  await database.query(
    `UPDATE due_work SET leased_until = now() + $4 * interval '1 millisecond'
      WHERE merchant_id = $1 AND kind = $2 AND subject_id = ANY($3)`,
    [merchantId, kind, subjectIds, leaseMs],
  );
}

/** Deletes the answers that the sandbox bank has planned for a reference. */
export function deletePlannedAnswers(tx: Tx, merchantId: string, reference: string): void {
  tx.send(
    `DELETE FROM due_work WHERE merchant_id = $1 AND kind = 'BANK_ANSWER'
        AND subject_id > $2 || '-' AND subject_id < $2 || '.' AND details->>'reference' = $2`,
    [merchantId, reference],
  );
}

/** Deletes the jobs of a kind for these subjects. */
export function deleteDueWork(tx: Tx, merchantId: string, kind: DueKind, subjectIds: readonly string[]): void {
  if (subjectIds.length === 0) return;
  tx.send('DELETE FROM due_work WHERE merchant_id = $1 AND kind = $2 AND subject_id = ANY($3)', [
    merchantId,
    kind,
    subjectIds,
  ]);
}
