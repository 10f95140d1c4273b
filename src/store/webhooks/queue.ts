import type { DeliveryStatus } from '../../domain/webhook/endpoint.ts';
import { type Database, type Queryable, type Tx, withTransaction } from '../connection/database.ts';
import { EVENT_COLUMNS } from '../events/event-log.ts';
import type { SequencedEvent } from '../events/sequenced-event.ts';
import type { StoredEndpoint } from './endpoints.ts';

/** Milliseconds for which a node alone delivers to an endpoint. After it, or when the node has ended, another may. */
export const LEASE_MS = 16_000;
/** Numbers of deliveries taken from one queue at a time, and from all of a round. */
const WINDOW = { min: 8, max: 200, ofRound: 4_000 } as const;
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
 * Leases at most `limit` endpoints with due deliveries, merchants in turn. `busy` are the merchants whose endpoints this node
 * serves enough of.
 */
export function leaseEndpoints(
  database: Queryable,
  lease: string,
  limit: number,
  busy: readonly string[],
): Promise<LeasedEndpoint[]> {
  const due = (queue: string) =>
    `${queue}.next_at <= now() AND coalesce(${queue}.paused_until, '-infinity') <= now() AND coalesce(${queue}.leased_until, '-infinity') <= now()`;
  return database.query(
    `WITH ranked AS (
       SELECT merchant_id, endpoint_id, row_number() OVER (PARTITION BY merchant_id ORDER BY next_at) AS nth
         FROM webhook_queue AS queue WHERE ${due('queue')} AND merchant_id <> ALL($4)
     ), free AS (
       SELECT queue.merchant_id, queue.endpoint_id FROM ranked JOIN webhook_queue AS queue USING (merchant_id, endpoint_id)
        WHERE ${due('queue')} AND nth <= ${ENDPOINTS_OF_MERCHANT_MAX}
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
    [lease, limit, LEASE_MS, busy],
  );
}

/** Returns the merchants that have as many leased endpoints as one merchant may have on a node. */
export function busyMerchants(leased: Iterable<{ readonly merchantId: string }>): string[] {
  const counts = new Map<string, number>();
  for (const { merchantId } of leased) counts.set(merchantId, (counts.get(merchantId) ?? 0) + 1);
  return [...counts].filter(([, count]) => count >= ENDPOINTS_OF_MERCHANT_MAX).map(([merchantId]) => merchantId);
}

/** A delivery that is due. Those of one object are listed in order, and none while an earlier one waits for its retry. */
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
  const columns = EVENT_COLUMNS.split(',').map((column) => column.trim());
  const rows = await database.query<Omit<DueDelivery, 'event'> & { event: object | null }>(
    `SELECT due.id, due.endpoint_id, due.object_id, due.event_id IS NULL AS is_test, due.queued_at, due.failures,
            ${columns.map((column) => `event.${column} AS "event_${column}"`).join(', ')}
       FROM unnest($1::text[], $2::text[], $3::boolean[]) AS leased(merchant_id, id, is_enabled), LATERAL (
         SELECT * FROM webhook_delivery AS delivery
          WHERE delivery.merchant_id = leased.merchant_id AND delivery.endpoint_id = leased.id
            AND status = 'PENDING' AND next_attempt_at <= now() AND (leased.is_enabled OR event_id IS NULL)
            AND NOT EXISTS (
              SELECT FROM webhook_delivery AS earlier
               WHERE earlier.merchant_id = delivery.merchant_id AND earlier.endpoint_id = delivery.endpoint_id
                 AND earlier.object_id = delivery.object_id AND earlier.status = 'PENDING' AND earlier.position < delivery.position
                 AND (earlier.next_attempt_at, earlier.position) > (delivery.next_attempt_at, delivery.position))
          ORDER BY next_attempt_at, position LIMIT $4) AS due
       LEFT JOIN event ON event.merchant_id = due.merchant_id AND event.id = due.event_id
      ORDER BY due.position`,
    [
      endpoints.map(({ merchantId }) => merchantId),
      endpoints.map(({ id }) => id),
      endpoints.map(({ status }) => status === 'ENABLED'),
      window,
    ],
  );
  return rows.map((row) => ({ ...row, event: eventOf(row as unknown as Record<string, unknown>) }));
}

const EVENT_PREFIX = /^event(?=[A-Z])/;

/** Returns the event whose columns a row has under prefixed names; null when the join has found none. */
function eventOf(row: Record<string, unknown>): SequencedEvent | null {
  if (row['eventId'] === null) return null;
  const entries = Object.entries(row).filter(([name]) => EVENT_PREFIX.test(name));
  const plain = (name: string) => name.charAt(5).toLowerCase() + name.slice(6);
  return Object.fromEntries(entries.map(([name, value]) => [plain(name), value])) as unknown as SequencedEvent;
}

/** One attempt of a delivery, as it is listed. `status` and `body` are null when no answer came; `error` says why. */
export interface Attempt {
  readonly at: string;
  readonly requestId: string;
  readonly status: number | null;
  readonly ms: number;
  readonly body: string | null;
  readonly error: string | null;
}

/** What an attempt has made of a delivery. */
export interface DeliveryResult {
  readonly merchantId: string;
  readonly endpointId: string;
  readonly objectId: string;
  readonly id: string;
  readonly status: DeliveryStatus;
  readonly isFailure: boolean;
  /** Milliseconds until the next attempt of a pending delivery. */
  readonly retryMs: number;
  /** Null when nothing was attempted. */
  readonly attempt: Attempt | null;
}

/**
 * What the use of a leased endpoint has shown: the failed attempts after the last success, and for how long it is sent nothing.
 */
export interface QueueResult {
  readonly merchantId: string;
  readonly endpointId: string;
  readonly lease: string;
  readonly hasSucceeded: boolean;
  readonly failures: number;
  readonly pauseMs: number;
}

/**
 * Records results, in one transaction, and ends the leases of the queues. A delivery that another node has ended in the meantime,
 * because a lease was over, stays as it is. What waits for a failed delivery of the same object is
 * attempted no earlier than its retry.
 */
export function recordResults(
  database: Database,
  results: readonly DeliveryResult[],
  queues: readonly QueueResult[],
): Promise<void> {
  return withTransaction(database, async (tx) => {
    if (results.length > 0) recordDeliveries(tx, results);
    if (queues.length > 0) releaseQueues(tx, queues);
  });
}

function recordDeliveries(tx: Tx, results: readonly DeliveryResult[]): void {
  tx.send(
    `UPDATE webhook_delivery AS delivery
        SET status = result.status, failures = delivery.failures + result.is_failure::int,
            attempts = delivery.attempts || coalesce(result.attempt, '[]'), updated_at = now(),
            next_attempt_at = CASE WHEN result.status = 'PENDING' THEN now() + result.retry_ms * interval '1 millisecond' END
       FROM json_to_recordset($1::json) AS result(merchant_id text, id text, status delivery_status, is_failure boolean, retry_ms bigint, attempt jsonb)
      WHERE delivery.merchant_id = result.merchant_id AND delivery.id = result.id AND delivery.status = 'PENDING'`,
    [
      JSON.stringify(
        results.map(({ merchantId, id, status, isFailure, retryMs, attempt }) => ({
          merchant_id: merchantId,
          id,
          status,
          is_failure: isFailure,
          retry_ms: retryMs,
          attempt,
        })),
      ),
    ],
  );
  const retried = results.filter(({ status }) => status === 'PENDING');
  if (retried.length === 0) return;
  tx.send(
    `UPDATE webhook_delivery AS later SET next_attempt_at = now() + failed.retry_ms * interval '1 millisecond'
       FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) AS failed(merchant_id, endpoint_id, object_id, retry_ms)
      WHERE later.merchant_id = failed.merchant_id AND later.endpoint_id = failed.endpoint_id AND later.object_id = failed.object_id
        AND later.status = 'PENDING' AND later.next_attempt_at < now() + failed.retry_ms * interval '1 millisecond'`,
    [
      retried.map(({ merchantId }) => merchantId),
      retried.map(({ endpointId }) => endpointId),
      retried.map(({ objectId }) => objectId),
      retried.map(({ retryMs }) => retryMs),
    ],
  );
}

function releaseQueues(tx: Tx, queues: readonly QueueResult[]): void {
  const merchantIds = queues.map(({ merchantId }) => merchantId);
  const endpointIds = queues.map(({ endpointId }) => endpointId);
  // Locked by a statement of its own: the next one then sees the deliveries of whoever held the rows before.
  tx.send(
    `SELECT FROM webhook_queue AS queue JOIN unnest($1::text[], $2::text[]) AS used(merchant_id, endpoint_id) USING (merchant_id, endpoint_id)
      ORDER BY merchant_id, endpoint_id FOR UPDATE OF queue`,
    [merchantIds, endpointIds],
  );
  tx.send(
    `UPDATE webhook_queue AS queue
        SET lease = NULL, leased_until = NULL,
            failures = used.failures + CASE WHEN used.has_succeeded THEN 0 ELSE queue.failures END,
            failing_since = CASE WHEN used.failures > 0 AND NOT used.has_succeeded THEN coalesce(queue.failing_since, now())
                                 WHEN used.failures > 0 THEN now() WHEN used.has_succeeded THEN NULL ELSE queue.failing_since END,
            paused_until = now() + used.pause_ms * interval '1 millisecond',
            next_at = (SELECT min(next_attempt_at) FROM webhook_delivery AS delivery
                        WHERE delivery.merchant_id = queue.merchant_id AND delivery.endpoint_id = queue.endpoint_id AND status = 'PENDING')
       FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[], $5::int[], $6::bigint[])
              AS used(merchant_id, endpoint_id, lease, has_succeeded, failures, pause_ms)
      WHERE queue.merchant_id = used.merchant_id AND queue.endpoint_id = used.endpoint_id AND queue.lease = used.lease`,
    [
      merchantIds,
      endpointIds,
      queues.map(({ lease }) => lease),
      queues.map(({ hasSucceeded }) => hasSucceeded),
      queues.map(({ failures }) => failures),
      queues.map(({ pauseMs }) => pauseMs),
    ],
  );
}

/** Ends what is pending for a disabled endpoint, at most `limit` deliveries; returns how many. */
export async function failPending(
  database: Queryable,
  merchantId: string,
  endpointId: string,
  limit: number,
): Promise<number> {
  const rows = await database.query(
    `UPDATE webhook_delivery SET status = 'FAILED', next_attempt_at = NULL, updated_at = now()
      WHERE merchant_id = $1 AND id IN (
        SELECT id FROM webhook_delivery
         WHERE merchant_id = $1 AND endpoint_id = $2 AND status = 'PENDING' AND event_id IS NOT NULL
           AND (SELECT status FROM webhook_endpoint WHERE merchant_id = $1 AND id = $2) = 'DISABLED'
         ORDER BY next_attempt_at LIMIT $3)
      RETURNING id`,
    [merchantId, endpointId, limit],
  );
  return rows.length;
}
