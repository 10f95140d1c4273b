import { eventType, type NewEvent } from '../../domain/event.ts';
import type { Queryable, Tx } from '../connection/database.ts';
import { insertRows } from '../connection/insert-rows.ts';
import { wallTime } from '../connection/wall-time.ts';

/** Inserts events in the given order, in one statement. Must run in the transaction that made the changes. */
export function insertEvents(tx: Tx, merchantId: string, events: readonly NewEvent[]): void {
  for (const { aggregateId, version } of events) if (version > 1) tx.inserted.delete(aggregateId);
  insertRows(
    tx,
    'event',
    events.map((event) => ({
      id: tx.ids.newId('event'),
      merchantId,
      aggregateType: event.aggregateType,
      aggregateId: event.aggregateId,
      version: event.version,
      type: eventType(event),
      fromStatus: event.fromStatus,
      toStatus: event.toStatus,
      ...event.cause,
      ...event.keys,
      occurredAt: event.occurredAt,
      createdAt: wallTime(),
    })),
  );
}

/** Erases the reasons callers gave for changes to customers and their objects, since they may contain personal data. */
export function eraseReasons(tx: Tx, merchantId: string, customerIds: readonly string[]): void {
  tx.send(
    `WITH erased AS (
       SELECT 'CUSTOMER' AS type, unnest($2::text[]) AS id
       UNION ALL SELECT 'BANK_ACCOUNT', id FROM bank_account WHERE merchant_id = $1 AND customer_id = ANY($2)
       UNION ALL SELECT 'CARD', id FROM card WHERE merchant_id = $1 AND customer_id = ANY($2)
       UNION ALL SELECT 'MANDATE', id FROM mandate WHERE merchant_id = $1 AND customer_id = ANY($2)
       UNION ALL SELECT 'PAYMENT', id FROM payment WHERE merchant_id = $1 AND customer_id = ANY($2)
       UNION ALL SELECT 'TRANSACTION', id FROM transaction WHERE merchant_id = $1 AND customer_id = ANY($2))
     UPDATE event SET reason = NULL FROM erased
      WHERE event.merchant_id = $1 AND event.aggregate_type = erased.type::aggregate_type AND event.aggregate_id = erased.id
        AND event.actor = 'API' AND event.reason IS NOT NULL`,
    [merchantId, customerIds],
  );
}

/** Returns the merchants that have events without a position, by one look into the index for each. */
export async function findUnsequencedMerchants(database: Queryable): Promise<string[]> {
  const next = (after: string) =>
    `(SELECT merchant_id FROM event WHERE position IS NULL ${after} ORDER BY merchant_id LIMIT 1)`;
  const rows = await database.query<{ merchantId: string }>(
    `WITH RECURSIVE waiting AS (
       SELECT ${next('')} AS merchant_id
       UNION ALL
       SELECT ${next('AND merchant_id > waiting.merchant_id')} FROM waiting WHERE merchant_id IS NOT NULL)
     SELECT merchant_id FROM waiting WHERE merchant_id IS NOT NULL`,
  );
  return rows.map(({ merchantId }) => merchantId);
}

/** The server has another timeline than the recorded one: no position may be assigned before the logs have new epochs. */
export const NEW_TIMELINE = -2;

/**
 * Assigns positions to at most `count` committed events of a merchant; returns how many, -1 when the merchant's log is in use, or
 * `NEW_TIMELINE`. Must run outside any transaction.
 */
export async function sequenceEvents(database: Queryable, merchantId: string, count: number): Promise<number> {
  const [row] = await database.query<{ numbered: number }>('SELECT sequence_events($1, $2) AS numbered', [
    merchantId,
    count,
  ]);
  return row?.numbered ?? 0;
}

/** Returns the number of events without a position, and the age of the oldest in seconds. */
export async function findUnsequenced(database: Queryable): Promise<{ count: number; seconds: number }> {
  const [row] = await database.query<{ count: number; seconds: number }>(
    `SELECT count(*) AS count, greatest(coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0), 0)::float8 AS seconds
       FROM event WHERE position IS NULL`,
  );
  return row ?? { count: 0, seconds: 0 };
}
