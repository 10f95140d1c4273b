import type { Queryable } from './database.ts';
import { insertRows } from './insert-rows.ts';

/** What the clock brings about. At the same instant, in this order. */
export const DUE_KINDS = ['BANK_ANSWER', 'CREATE_TRANSACTION', 'SEND_TRANSACTION'] as const;
export type DueKind = (typeof DUE_KINDS)[number];

/** One thing that happens at a time. Writing it again for the same subject replaces it. */
export interface DueWork {
  readonly kind: DueKind;
  readonly subjectId: string;
  readonly dueAt: Date;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Whose clock makes work due: the merchant's own, or one handed in for history. */
export type Timeline = '' | 'history';

export async function putDueWork(
  tx: Queryable,
  merchantId: string,
  timeline: Timeline,
  work: readonly DueWork[],
): Promise<void> {
  await insertRows(
    tx,
    'due_work',
    work.map((item) => ({ merchantId, timeline, ...item })),
    `ON CONFLICT (merchant_id, kind, subject_id) DO UPDATE
       SET due_at = excluded.due_at, details = excluded.details, timeline = excluded.timeline, leased_until = NULL`,
  );
}

/** The instant of the earliest work of a merchant at or before `now`, whether leased or not; null when there is none. */
export async function findNextDue(
  database: Queryable,
  merchantId: string,
  timeline: Timeline,
  now: Date,
): Promise<Date | null> {
  const [row] = await database.query<{ dueAt: Date }>(
    `SELECT due_at FROM due_work WHERE merchant_id = $1 AND timeline = $2 AND due_at <= $3 ORDER BY due_at LIMIT 1`,
    [merchantId, timeline, now],
  );
  return row?.dueAt ?? null;
}

/** Merchants with work that is due on their clocks at this wall time and that nobody else has in hand. */
export async function findMerchantsWithDueWork(database: Queryable, wall: Date): Promise<string[]> {
  const rows = await database.query<{ merchantId: string }>(
    `SELECT clock.merchant_id FROM merchant_clock AS clock
      WHERE EXISTS (
        SELECT 1 FROM due_work AS work
         WHERE work.merchant_id = clock.merchant_id AND work.timeline = ''
           AND work.due_at <= $1::timestamptz + clock.offset_ms * interval '1 millisecond'
           AND (work.leased_until IS NULL OR work.leased_until < $1))`,
    [wall],
  );
  return rows.map((row) => row.merchantId);
}

/**
 * Takes the earliest due work of a merchant that nobody else is at, all of one instant and one kind, at most `limit`; locked
 * until the transaction ends. Kinds that only a newer node knows are left to it.
 */
export async function takeDueWork(
  tx: Queryable,
  merchantId: string,
  timeline: Timeline,
  now: Date,
  limit: number,
): Promise<DueWork[]> {
  return tx.query(
    `WITH earliest AS (
       SELECT due_at, kind FROM due_work
        WHERE merchant_id = $1 AND timeline = $2 AND due_at <= $3 AND kind = ANY($4)
          AND (leased_until IS NULL OR leased_until < now())
        ORDER BY due_at, array_position($4::text[], kind) LIMIT 1
     )
     SELECT work.kind, work.subject_id, work.due_at, work.details
       FROM due_work AS work JOIN earliest USING (due_at, kind)
      WHERE work.merchant_id = $1 AND work.timeline = $2 AND (work.leased_until IS NULL OR work.leased_until < now())
      ORDER BY work.subject_id LIMIT $5 FOR UPDATE OF work`,
    [merchantId, timeline, now, DUE_KINDS, limit],
  );
}

/** Keeps work from being taken by others while it is at the bank, outside any transaction. */
export async function leaseDueWork(
  tx: Queryable,
  merchantId: string,
  kind: DueKind,
  subjectIds: readonly string[],
  leaseMs: number,
): Promise<void> {
  await tx.query(
    `UPDATE due_work SET leased_until = now() + $4 * interval '1 millisecond'
      WHERE merchant_id = $1 AND kind = $2 AND subject_id = ANY($3)`,
    [merchantId, kind, subjectIds, leaseMs],
  );
}

export async function deleteDueWork(
  tx: Queryable,
  merchantId: string,
  kind: DueKind,
  subjectIds: readonly string[],
): Promise<void> {
  await tx.query('DELETE FROM due_work WHERE merchant_id = $1 AND kind = $2 AND subject_id = ANY($3)', [
    merchantId,
    kind,
    subjectIds,
  ]);
}
