import { type Database, type Queryable, type Tx, withTransaction } from '../connection/database.ts';
import { type EventConditions, matcherOf } from '../events/event-conditions.ts';
import { type LogHead, listEvents } from '../events/event-log.ts';
import type { SequencedEvent } from '../events/sequenced-event.ts';
import { newId } from '../ids.ts';

/** Maximum number of events of a log that are turned into deliveries in one transaction. */
const EVENTS_MAX = 500;
/** Number of deliveries after which a transaction ends early. */
const DELIVERIES_MAX = 5_000;

/** Returns the merchants with endpoints whose log has events that were not turned into deliveries yet. */
export async function findMerchantsToDeliver(database: Queryable): Promise<string[]> {
  const rows = await database.query<{ merchantId: string }>(
    `SELECT merchant_id FROM webhook_progress AS progress JOIN event_head AS head USING (merchant_id)
      WHERE head.last_position > progress.position OR head.epoch <> progress.epoch`,
  );
  return rows.map(({ merchantId }) => merchantId);
}

interface Progress extends LogHead {
  readonly seenEpoch: string;
  readonly seenPosition: number;
}

interface Listening {
  readonly id: string;
  readonly conditions: EventConditions;
  /** Version of the endpoint whose event is the first one delivered. */
  readonly startsWith: number;
  /** Position before that event; null until it is read. */
  startsAfter: number | null;
}

/**
 * Turns the next events of a log into deliveries, one for each enabled endpoint whose conditions they satisfy, in one
 * transaction. Does nothing while another node does it. Returns whether there are more events.
 */
export function queueDeliveries(database: Database, merchantId: string): Promise<boolean> {
  return withTransaction(database, async (tx) => {
    const [head] = await tx.query<Progress>(
      `SELECT progress.epoch AS seen_epoch, progress.position AS seen_position, head.*
         FROM webhook_progress AS progress JOIN event_head AS head USING (merchant_id)
        WHERE merchant_id = $1 FOR UPDATE OF progress SKIP LOCKED`,
      [merchantId],
    );
    if (!head) return false;
    const seen = head.epoch === head.seenEpoch ? head.seenPosition : 0;
    const after = Math.max(seen, head.floorPosition);
    const listening = await tx.query<Listening>(
      `SELECT endpoint.id, conditions, starts_with, starts_after FROM webhook_endpoint AS endpoint
         JOIN webhook_queue AS queue ON queue.merchant_id = endpoint.merchant_id AND queue.endpoint_id = endpoint.id
        WHERE endpoint.merchant_id = $1 AND status = 'ENABLED' ORDER BY id`,
      [merchantId],
    );
    const range = { merchantId, after, upTo: head.lastPosition, limit: EVENTS_MAX };
    const events = listening.length > 0 ? await listEvents(tx, range, {}) : [];
    const { deliveries, started, count } = deliveriesOf(events, listening);
    if (started.length > 0) writeStarts(tx, merchantId, started);
    if (deliveries.length > 0) insertDeliveries(tx, merchantId, deliveries);
    const isRead = count === events.length && events.length < EVENTS_MAX;
    const reached = isRead ? head.lastPosition : (events[count - 1]?.position ?? after);
    tx.send('UPDATE webhook_progress SET epoch = $2, position = $3 WHERE merchant_id = $1', [
      merchantId,
      head.epoch,
      reached,
    ]);
    return reached < head.lastPosition;
  });
}

interface NewDelivery {
  readonly endpointId: string;
  readonly event: SequencedEvent;
}

/**
 * Returns the deliveries of as many events as one transaction takes, the number of those events, and the positions after which
 * endpoints start, where they were read.
 */
function deliveriesOf(events: readonly SequencedEvent[], listening: readonly Listening[]) {
  const endpoints = listening.map(({ conditions, ...endpoint }) => ({ ...endpoint, matches: matcherOf(conditions) }));
  const waiting = new Map(endpoints.filter(({ startsAfter }) => startsAfter === null).map((each) => [each.id, each]));
  const started: Started[] = [];
  const deliveries: NewDelivery[] = [];
  let count = 0;
  for (const event of events) {
    const starting = waiting.get(event.aggregateId);
    if (starting && event.version >= starting.startsWith) {
      starting.startsAfter = event.position - 1;
      started.push({ id: starting.id, startsWith: starting.startsWith, startsAfter: starting.startsAfter });
      waiting.delete(starting.id);
    }
    for (const { id, startsAfter, matches } of endpoints)
      if (startsAfter !== null && event.position > startsAfter && matches(event))
        deliveries.push({ endpointId: id, event });
    count += 1;
    if (deliveries.length >= DELIVERIES_MAX) break;
  }
  return { deliveries, started, count };
}

interface Started {
  readonly id: string;
  readonly startsWith: number;
  readonly startsAfter: number;
}

/** Writes where endpoints start, unless they were disabled and enabled again in the meantime. */
function writeStarts(tx: Tx, merchantId: string, started: readonly Started[]): void {
  tx.send(
    `UPDATE webhook_queue AS queue SET starts_after = started.starts_after
       FROM unnest($2::text[], $3::int[], $4::bigint[]) AS started(id, starts_with, starts_after)
      WHERE merchant_id = $1 AND endpoint_id = started.id AND queue.starts_with = started.starts_with AND queue.starts_after IS NULL`,
    [
      merchantId,
      started.map(({ id }) => id),
      started.map(({ startsWith }) => startsWith),
      started.map(({ startsAfter }) => startsAfter),
    ],
  );
}

/**
 * Inserts deliveries. Of an object only the first pending one is due; the others wait until it has ended, and have no time of their
 * next attempt.
 */
function insertDeliveries(tx: Tx, merchantId: string, deliveries: readonly NewDelivery[]): void {
  const endpointIds = deliveries.map(({ endpointId }) => endpointId);
  lockQueues(tx, merchantId, endpointIds);
  tx.send(
    `INSERT INTO webhook_delivery (merchant_id, id, endpoint_id, event_id, position, object_id, status, queued_at, next_attempt_at)
     SELECT $1, made.id, made.endpoint_id, made.event_id, made.position, made.object_id, 'PENDING', now(),
            CASE WHEN row_number() OVER (PARTITION BY made.endpoint_id, made.object_id ORDER BY made.position) = 1
                  AND NOT EXISTS (SELECT FROM webhook_delivery AS earlier
                                   WHERE earlier.merchant_id = $1 AND earlier.endpoint_id = made.endpoint_id
                                     AND earlier.object_id = made.object_id AND earlier.status = 'PENDING')
                 THEN now() END
       FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[]) AS made(id, endpoint_id, event_id, position, object_id)
     ON CONFLICT (merchant_id, endpoint_id, event_id) DO NOTHING`,
    [
      merchantId,
      deliveries.map(() => newId('webhookDelivery')),
      endpointIds,
      deliveries.map(({ event }) => event.id),
      deliveries.map(({ event }) => event.position),
      deliveries.map(({ event }) => event.aggregateId),
    ],
  );
  startObjects(
    tx,
    deliveries.map(({ endpointId, event }) => ({ merchantId, endpointId, objectId: event.aggregateId })),
  );
  wakeQueues(tx, merchantId, endpointIds);
}

/**
 * Locks the queues of endpoints. Whoever adds or ends deliveries of an endpoint does it with the lock, and by later statements, which
 * see what the holder before has committed.
 */
export function lockQueues(tx: Tx, merchantId: string, endpointIds: readonly string[]): void {
  tx.send(
    'SELECT FROM webhook_queue WHERE merchant_id = $1 AND endpoint_id = ANY($2) ORDER BY endpoint_id FOR UPDATE',
    [merchantId, [...new Set(endpointIds)]],
  );
}

/** An object whose events are delivered to an endpoint. */
export interface DeliveredObject {
  readonly merchantId: string;
  readonly endpointId: string;
  readonly objectId: string;
}

/** Makes the first pending delivery of each object due, unless it waits for its retry. The queues are locked. */
export function startObjects(tx: Tx, objects: readonly DeliveredObject[]): void {
  tx.send(
    `UPDATE webhook_delivery AS delivery SET next_attempt_at = now()
       FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::text[], $3::text[]) AS given(merchant_id, endpoint_id, object_id)) AS object,
            LATERAL (SELECT id, next_attempt_at FROM webhook_delivery AS pending
                      WHERE pending.merchant_id = object.merchant_id AND pending.endpoint_id = object.endpoint_id
                        AND pending.object_id = object.object_id AND status = 'PENDING'
                      ORDER BY position LIMIT 1) AS first
      WHERE first.next_attempt_at IS NULL AND delivery.merchant_id = object.merchant_id AND delivery.id = first.id`,
    [
      objects.map(({ merchantId }) => merchantId),
      objects.map(({ endpointId }) => endpointId),
      objects.map(({ objectId }) => objectId),
    ],
  );
}

/** Makes queues locked by the caller due now. */
export function wakeQueues(tx: Tx, merchantId: string, endpointIds: readonly string[]): void {
  tx.send('UPDATE webhook_queue SET next_at = least(next_at, now()) WHERE merchant_id = $1 AND endpoint_id = ANY($2)', [
    merchantId,
    [...new Set(endpointIds)],
  ]);
}

/** Queues one test for each endpoint. A test is attempted once, also while the endpoint is disabled. */
export function insertTests(tx: Tx, merchantId: string, endpointIds: readonly string[]): void {
  lockQueues(tx, merchantId, endpointIds);
  tx.send(
    `INSERT INTO webhook_delivery (merchant_id, id, endpoint_id, object_id, status, queued_at, next_attempt_at)
     SELECT $1, made.id, made.endpoint_id, made.id, 'PENDING', now(), now() FROM unnest($2::text[], $3::text[]) AS made(id, endpoint_id)`,
    [merchantId, endpointIds.map(() => newId('webhookDelivery')), endpointIds],
  );
  wakeQueues(tx, merchantId, endpointIds);
}

/** Number of days for which deliveries are kept. */
export const DELIVERIES_KEPT_DAYS = 30;

/** Deletes at most `limit` ended deliveries of each merchant that are older than `DELIVERIES_KEPT_DAYS`; returns how many. */
export async function deleteOldDeliveries(database: Queryable, limit: number): Promise<number> {
  const [row] = await database.query<{ deleted: number }>(
    `WITH old AS (
       SELECT old.merchant_id, old.id FROM webhook_progress AS progress, LATERAL (
         SELECT merchant_id, id FROM webhook_delivery
          WHERE merchant_id = progress.merchant_id AND created_at < now() - interval '${DELIVERIES_KEPT_DAYS} days' AND status <> 'PENDING'
          ORDER BY created_at, id LIMIT $1) AS old
     ), deleted AS (
       DELETE FROM webhook_delivery AS delivery USING old
        WHERE delivery.merchant_id = old.merchant_id AND delivery.id = old.id RETURNING 1)
     SELECT count(*) AS deleted FROM deleted`,
    [limit],
  );
  return row?.deleted ?? 0;
}

/** Returns the number of endpoints that do not fail and have due deliveries, and how late the first of these is, in seconds. */
export async function findLateEndpoints(database: Queryable): Promise<{ count: number; seconds: number }> {
  const [row] = await database.query<{ count: number; seconds: number }>(
    `SELECT count(*) AS count, greatest(coalesce(extract(epoch FROM now() - min(next_at)), 0), 0)::float8 AS seconds
       FROM webhook_queue WHERE next_at <= now() AND failures = 0`,
  );
  return row ?? { count: 0, seconds: 0 };
}
