import type { Queryable } from '../connection/database.ts';
import { EVENT_COLUMNS } from '../events/event-log.ts';
import type { SequencedEvent } from '../events/sequenced-event.ts';
import type { StoredEndpoint } from './endpoints.ts';

/** Milliseconds for which a node alone delivers to an endpoint. After it, or when the node has ended, another may. */
export const LEASE_MS = 16_000;
/** Numbers of objects taken from one queue at a time, and from all of a round, and of deliveries of one object. */
const WINDOW = { min: 2, max: 100, ofRound: 2_000, ofObject: 16 } as const;
/** Maximum number of endpoints of one merchant that a node delivers to at once. */
const ENDPOINTS_OF_MERCHANT_MAX = 250;

/** An endpoint that this node delivers to, for `LEASE_MS`. */
export interface LeasedEndpoint extends Omit<StoredEndpoint, 'version' | 'name'> {
  readonly merchantId: string;
  /** Epoch of the merchant's log. */
  readonly epoch: string;
  readonly lease: string;
  /** Failed attempts since the last success, and the wall time of the first. */
  readonly failures: number;
  readonly failingSince: Date | null;
  /** False when the key that owns the endpoint was revoked or has lost one of its scopes. */
  readonly isOwnerValid: boolean;
}

/**
 * Leases at most `limit` endpoints with due deliveries, merchants in turn, and of one merchant no more than it may have beside the
 * endpoints that this node serves already.
 */
export function leaseEndpoints(
  database: Queryable,
  lease: string,
  limit: number,
  served: Iterable<{ readonly merchantId: string }>,
): Promise<LeasedEndpoint[]> {
  const counts = countByMerchant(served);
  const due = (queue: string) =>
    `${queue}.next_at <= now() AND coalesce(${queue}.paused_until, '-infinity') <= now() AND coalesce(${queue}.leased_until, '-infinity') <= now()`;
  return database.query(
    `WITH ranked AS (
       SELECT merchant_id, endpoint_id, row_number() OVER (PARTITION BY merchant_id ORDER BY next_at) AS nth
         FROM webhook_queue AS queue WHERE ${due('queue')}
     ), free AS (
       SELECT queue.merchant_id, queue.endpoint_id FROM ranked JOIN webhook_queue AS queue USING (merchant_id, endpoint_id)
         LEFT JOIN unnest($4::text[], $5::int[]) AS served(merchant_id, count) ON served.merchant_id = queue.merchant_id
        WHERE ${due('queue')} AND nth <= ${ENDPOINTS_OF_MERCHANT_MAX} - coalesce(served.count, 0)
        ORDER BY nth LIMIT $2 FOR UPDATE OF queue SKIP LOCKED
     ), leased AS (
       UPDATE webhook_queue AS queue SET lease = $1, leased_until = now() + $3 * interval '1 millisecond' FROM free
        WHERE queue.merchant_id = free.merchant_id AND queue.endpoint_id = free.endpoint_id
       RETURNING queue.*
     )
     SELECT endpoint.merchant_id, endpoint.id, url, status, conditions, selection, client_id, endpoint.scopes, secret_generation,
            previous_secret_until, lease, failures, failing_since, head.epoch,
            client_id NOT LIKE 'key\\_%' OR coalesce(key.revoked_at IS NULL AND endpoint.scopes <@ key.scopes, false) AS is_owner_valid
       FROM leased JOIN webhook_endpoint AS endpoint ON endpoint.merchant_id = leased.merchant_id AND endpoint.id = leased.endpoint_id
       JOIN event_head AS head ON head.merchant_id = endpoint.merchant_id
       LEFT JOIN api_key AS key ON key.id = endpoint.client_id AND key.merchant_id = endpoint.merchant_id`,
    [lease, limit, LEASE_MS, [...counts.keys()], [...counts.values()]],
  );
}

function countByMerchant(served: Iterable<{ readonly merchantId: string }>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { merchantId } of served) counts.set(merchantId, (counts.get(merchantId) ?? 0) + 1);
  return counts;
}

/** A delivery that is due, or follows one that is. Those of one object are listed in order. */
export interface DueDelivery {
  readonly id: string;
  readonly endpointId: string;
  readonly objectId: string;
  readonly isTest: boolean;
  readonly queuedAt: Date;
  readonly failures: number;
  /** Null for a test, and for an event that is past its retention. */
  readonly event: SequencedEvent | null;
}

/** Returns the next due deliveries of leased endpoints in one statement: of a disabled endpoint only its tests. */
export async function findDueDeliveries(
  database: Queryable,
  endpoints: ReadonlyArray<Pick<LeasedEndpoint, 'merchantId' | 'id' | 'status'>>,
): Promise<DueDelivery[]> {
  const window = Math.min(WINDOW.max, Math.max(WINDOW.min, Math.floor(WINDOW.ofRound / endpoints.length)));
  const eventColumns = EVENT_COLUMNS.split(',').map((column) => `event.${column.trim()}`);
  const rows = await database.query<DueRow & (SequencedEvent | Record<keyof SequencedEvent, null>)>(
    `SELECT due.id AS delivery_id, due.endpoint_id, due.object_id, due.event_id IS NULL AS is_test, due.queued_at, due.failures,
            ${eventColumns.join(', ')}
       FROM unnest($1::text[], $2::text[], $3::boolean[]) AS leased(merchant_id, id, is_enabled), LATERAL (
         SELECT object_id, position, id FROM webhook_delivery
          WHERE merchant_id = leased.merchant_id AND endpoint_id = leased.id AND status = 'PENDING' AND next_attempt_at <= now()
            AND (leased.is_enabled OR event_id IS NULL)
          ORDER BY next_attempt_at, position LIMIT $4) AS first, LATERAL (
         (SELECT * FROM webhook_delivery
           WHERE merchant_id = leased.merchant_id AND endpoint_id = leased.id AND object_id = first.object_id AND status = 'PENDING'
             AND position >= first.position
           ORDER BY position LIMIT ${WINDOW.ofObject})
         UNION ALL
         SELECT * FROM webhook_delivery
          WHERE merchant_id = leased.merchant_id AND id = first.id AND first.position IS NULL) AS due
       LEFT JOIN event ON event.merchant_id = due.merchant_id AND event.id = due.event_id
      ORDER BY due.position`,
    [
      endpoints.map(({ merchantId }) => merchantId),
      endpoints.map(({ id }) => id),
      endpoints.map(({ status }) => status === 'ENABLED'),
      window,
    ],
  );
  return rows.map(({ deliveryId, endpointId, objectId, isTest, queuedAt, failures, ...event }) => ({
    id: deliveryId,
    endpointId,
    objectId,
    isTest,
    queuedAt,
    failures,
    event: event.id === null ? null : event,
  }));
}

interface DueRow extends Omit<DueDelivery, 'id' | 'event'> {
  readonly deliveryId: string;
}
