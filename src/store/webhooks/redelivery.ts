import type { Queryable, Tx } from '../connection/database.ts';
import type { EventConditions } from '../events/event-conditions.ts';
import { listEvents } from '../events/event-log.ts';
import type { SequencedEvent } from '../events/sequenced-event.ts';
import { newId } from '../ids.ts';
import { lockQueues, startObjects, wakeQueues } from './deliveries.ts';

/** Which deliveries of an endpoint are made again: of these events, of a range of the log, or all that failed. */
export type Again =
  | { readonly eventIds: readonly string[] }
  | { readonly after: number; readonly upTo: number }
  | { readonly isFailed: true };

/** Maximum number of events that one call queues again. */
export const AGAIN_MAX = 10_000;

/** An event whose delivery is queued again. */
export type QueuedEvent = Pick<SequencedEvent, 'id' | 'position' | 'aggregateId'>;

/** Returns the events whose deliveries to an endpoint are made again, the earliest first, at most `AGAIN_MAX`. */
export function findEventsAgain(
  tx: Queryable,
  merchantId: string,
  { id, conditions }: { readonly id: string; readonly conditions: EventConditions },
  again: Again,
): Promise<readonly QueuedEvent[]> {
  if ('eventIds' in again)
    return tx.query<QueuedEvent>(
      `SELECT id, position, aggregate_id FROM event
        WHERE merchant_id = $1 AND id = ANY($2) AND position IS NOT NULL ORDER BY position`,
      [merchantId, again.eventIds],
    );
  if ('isFailed' in again)
    return tx.query<QueuedEvent>(
      `SELECT event.id, event.position, event.aggregate_id FROM webhook_delivery AS delivery
         JOIN event ON event.merchant_id = delivery.merchant_id AND event.id = delivery.event_id
        WHERE delivery.merchant_id = $1 AND delivery.endpoint_id = $2 AND delivery.status = 'FAILED'
        ORDER BY event.position LIMIT ${AGAIN_MAX}`,
      [merchantId, id],
    );
  return listEvents(tx, { merchantId, ...again, limit: AGAIN_MAX }, conditions);
}

/**
 * Queues deliveries to an endpoint again, also of events that were never queued for it. They keep the order of their objects; the
 * first one of an object is attempted at once.
 */
export function queueAgain(tx: Tx, merchantId: string, endpointId: string, events: readonly QueuedEvent[]): void {
  const objects = events.map(({ aggregateId }) => ({ merchantId, endpointId, objectId: aggregateId }));
  lockQueues(tx, merchantId, [endpointId]);
  tx.send(
    `INSERT INTO webhook_delivery (merchant_id, id, endpoint_id, event_id, position, object_id, status, queued_at, next_attempt_at)
     SELECT $1, made.id, $3, made.event_id, made.position, made.object_id, 'PENDING', now(), NULL
       FROM unnest($2::text[], $4::text[], $5::bigint[], $6::text[]) AS made(id, event_id, position, object_id)
     ON CONFLICT (merchant_id, endpoint_id, event_id) DO UPDATE
        SET status = 'PENDING', queued_at = now(), failures = 0, next_attempt_at = NULL, updated_at = now()`,
    [
      merchantId,
      events.map(() => newId('webhookDelivery')),
      endpointId,
      events.map((event) => event.id),
      events.map((event) => event.position),
      events.map((event) => event.aggregateId),
    ],
  );
  // What was the first of its object before may not be it any more.
  tx.send(
    `UPDATE webhook_delivery SET next_attempt_at = NULL
      WHERE merchant_id = $1 AND endpoint_id = $2 AND object_id = ANY($3) AND status = 'PENDING' AND next_attempt_at IS NOT NULL`,
    [merchantId, endpointId, [...new Set(objects.map(({ objectId }) => objectId))]],
  );
  startObjects(tx, objects);
  wakeQueues(tx, merchantId, [endpointId]);
}
