import { randomUUID } from 'node:crypto';
import type { Queryable } from '../connection/database.ts';
import { COUNT_MAX } from '../reading/keyset.ts';
import { conditionsSql, type EventConditions } from './event-conditions.ts';
import type { SequencedEvent } from './sequenced-event.ts';

/** Head of a merchant's event log. Events up to `floorPosition`, inclusive, are past their retention. */
export interface LogHead {
  readonly merchantId: string;
  readonly epoch: string;
  readonly lastPosition: number;
  readonly floorPosition: number;
}

const HEAD_COLUMNS = 'head.merchant_id, head.epoch, head.last_position, head.floor_position';

/** Returns the head of a merchant's event log. Throws when there is none. */
export async function findLogHead(database: Queryable, merchantId: string): Promise<LogHead> {
  const [head] = await database.query<LogHead>(
    `SELECT ${HEAD_COLUMNS} FROM event_head AS head WHERE merchant_id = $1`,
    [merchantId],
  );
  if (!head) throw new Error(`merchant ${merchantId} has no event log`);
  return head;
}

/** Returns the heads of those logs whose epoch or last position has changed since they were seen, in one statement. */
export function findMovedHeads(
  database: Queryable,
  seen: ReadonlyArray<Pick<LogHead, 'merchantId' | 'epoch' | 'lastPosition'>>,
): Promise<LogHead[]> {
  return database.query(
    `SELECT ${HEAD_COLUMNS}
       FROM unnest($1::text[], $2::text[], $3::bigint[]) AS seen(merchant_id, epoch, last_position)
       JOIN event_head AS head USING (merchant_id)
      WHERE head.last_position <> seen.last_position OR head.epoch <> seen.epoch`,
    [seen.map((log) => log.merchantId), seen.map((log) => log.epoch), seen.map((log) => log.lastPosition)],
  );
}

export const EVENT_COLUMNS = `id, position, aggregate_type, aggregate_id, version, type, from_status, to_status, actor, request_id, reason_code,
  reason, payment_id, customer_id, mandate_id, payment_method_id, batch_reference, amount_cents, occurred_at, created_at, sequenced_at`;

/** A range of positions in a log: `after < position <= upTo`, at most `limit` events. */
export interface LogRange {
  readonly merchantId: string;
  readonly after: number;
  readonly upTo: number;
  readonly limit: number;
  /** NEWEST takes the last events of the range instead of the first, also in log order. Defaults to OLDEST. */
  readonly from?: 'OLDEST' | 'NEWEST';
}

/** Returns the events of a range that meet the conditions, in log order. */
export async function listEvents(
  database: Queryable,
  { merchantId, after, upTo, limit, from = 'OLDEST' }: LogRange,
  conditions: EventConditions,
): Promise<SequencedEvent[]> {
  const values: unknown[] = [merchantId, after, upTo, limit];
  const rows = await database.query<SequencedEvent>(
    `SELECT ${EVENT_COLUMNS} FROM event
      WHERE merchant_id = $1 AND position > $2 AND position <= $3 ${conditionsSql(conditions, values)}
      ORDER BY position ${from === 'NEWEST' ? 'DESC' : 'ASC'} LIMIT $4`,
    values,
  );
  return from === 'NEWEST' ? rows.reverse() : rows;
}

/** Returns sequenced events by id. */
export async function findEvents(
  database: Queryable,
  merchantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, SequencedEvent>> {
  const rows = await database.query<SequencedEvent>(
    `SELECT ${EVENT_COLUMNS} FROM event WHERE merchant_id = $1 AND id = ANY($2) AND position IS NOT NULL`,
    [merchantId, ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** Returns the number of events in a range that meet the conditions, at most `COUNT_MAX` + 1. */
export async function countEvents(
  database: Queryable,
  { merchantId, after, upTo }: Pick<LogRange, 'merchantId' | 'after' | 'upTo'>,
  conditions: EventConditions,
): Promise<number> {
  const values: unknown[] = [merchantId, after, upTo];
  const [row] = await database.query<{ count: number }>(
    `SELECT count(*) AS count FROM (
       SELECT FROM event
        WHERE merchant_id = $1 AND position > $2 AND position <= $3 ${conditionsSql(conditions, values)}
        LIMIT ${COUNT_MAX + 1}) AS found`,
    values,
  );
  return row?.count ?? 0;
}

/**
 * Returns the next events of many logs in one statement, by merchant and in log order, at most `limit` of each log. A
 * log with a new epoch yields none.
 */
export async function listNextEvents(
  database: Queryable,
  logs: ReadonlyArray<{
    readonly merchantId: string;
    readonly epoch: string;
    readonly after: number;
    readonly upTo: number;
  }>,
  limit: number,
): Promise<Array<SequencedEvent & { readonly merchantId: string }>> {
  return database.query(
    `SELECT log.merchant_id, next.*
       FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) AS log(merchant_id, epoch, after, up_to)
       JOIN event_head AS head USING (merchant_id, epoch),
            LATERAL (SELECT ${EVENT_COLUMNS} FROM event
                      WHERE event.merchant_id = log.merchant_id AND position > log.after AND position <= log.up_to
                      ORDER BY position LIMIT $5) AS next
      ORDER BY log.merchant_id, next.position`,
    [
      logs.map((log) => log.merchantId),
      logs.map((log) => log.epoch),
      logs.map((log) => log.after),
      logs.map((log) => log.upTo),
      limit,
    ],
  );
}

/** The epoch that a log gets: of a random text and its merchant. */
const NEW_EPOCH = 'md5($1 || head.merchant_id)';
/**
 * What has queued events for webhook endpoints goes on where it was: its position is of the same moment as the log. Without this the
 * whole log would be queued again.
 */
const KEEP_PLACES = `UPDATE webhook_progress AS progress SET epoch = ${NEW_EPOCH} FROM event_head AS head`;
const OF_THE_LOG = 'head.merchant_id = progress.merchant_id AND head.epoch = progress.epoch';

/** Gives every log a new epoch, which invalidates all cursors. Returns the number of logs. */
export async function renewEpochs(database: Queryable): Promise<number> {
  const rows = await database.query(
    `WITH kept AS (${KEEP_PLACES} WHERE ${OF_THE_LOG})
     UPDATE event_head AS head SET epoch = ${NEW_EPOCH} RETURNING head.merchant_id`,
    [randomUUID()],
  );
  return rows.length;
}

/**
 * Gives every log a new epoch when the timeline of the server is not the recorded one, which it records in the same statement, so
 * that of several nodes one does it. Returns the number of logs.
 */
export async function renewEpochsOnNewTimeline(database: Queryable): Promise<number> {
  const rows = await database.query(
    `WITH moved AS (
       UPDATE setting SET value = server_timeline() WHERE name = 'timeline' AND value <> server_timeline() RETURNING 1
     ), kept AS (${KEEP_PLACES}, moved WHERE ${OF_THE_LOG})
     UPDATE event_head AS head SET epoch = ${NEW_EPOCH} FROM moved RETURNING head.merchant_id`,
    [randomUUID()],
  );
  return rows.length;
}

/** Maximum number of logs trimmed in one statement. */
const LOGS_MAX = 10;

/**
 * Ends the retention of events numbered more than `days` days ago, in at most `LOGS_MAX` logs and for at most `limit`
 * events of each; cursors before them are refused from then on. Events of payments, mandates and transactions are kept
 * for timelines, the others are deleted. Returns the number of events whose retention ended.
 */
export async function trimLogs(database: Queryable, days: number, limit: number): Promise<number> {
  const [row] = await database.query<{ trimmed: number }>(
    `WITH due AS (
       SELECT head.merchant_id, head.epoch, head.floor_position AS floor FROM event_head AS head
        WHERE (SELECT sequenced_at FROM event
                WHERE event.merchant_id = head.merchant_id AND position > head.floor_position
                ORDER BY position LIMIT 1) < now() - $1 * interval '1 day'
        LIMIT $3
     ), old AS (
       SELECT due.merchant_id, due.epoch, due.floor, max(oldest.position) AS position
         FROM due,
              LATERAL (SELECT position, sequenced_at FROM event
                        WHERE event.merchant_id = due.merchant_id AND position > due.floor
                        ORDER BY position LIMIT $2) AS oldest
        WHERE oldest.sequenced_at < now() - $1 * interval '1 day'
        GROUP BY due.merchant_id, due.epoch, due.floor
     ), raised AS (
       UPDATE event_head AS head SET floor_position = old.position FROM old
        WHERE head.merchant_id = old.merchant_id AND head.epoch = old.epoch AND head.floor_position = old.floor
       RETURNING head.merchant_id, old.floor, old.position
     ), deleted AS (
       DELETE FROM event USING raised
        WHERE event.merchant_id = raised.merchant_id AND event.position > raised.floor AND event.position <= raised.position
          AND event.aggregate_type NOT IN ('PAYMENT', 'MANDATE', 'TRANSACTION')
     )
     SELECT coalesce(sum(position - floor), 0)::bigint AS trimmed FROM raised`,
    [days, limit, LOGS_MAX],
  );
  return row?.trimmed ?? 0;
}
