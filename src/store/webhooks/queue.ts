import type { DeliveryStatus } from '../../domain/webhook/endpoint.ts';
import { type Database, type Queryable, type Tx, withTransaction } from '../connection/database.ts';
import { EVENT_COLUMNS } from '../events/event-log.ts';
import type { SequencedEvent } from '../events/sequenced-event.ts';
import { startObjects } from './deliveries.ts';
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
  const columns = EVENT_COLUMNS.split(',').map((column) => column.trim());
  const rows = await database.query<Omit<DueDelivery, 'event'> & { event: object | null }>(
    `SELECT due.id, due.endpoint_id, due.object_id, due.event_id IS NULL AS is_test, due.queued_at, due.failures,
            ${columns.map((column) => `event.${column} AS "event_${column}"`).join(', ')}
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
  /** Whether pending deliveries of the disabled endpoint are left to be ended. */
  readonly isMore: boolean;
}

/**
 * Records results, in one transaction, and ends the leases of the queues. A delivery that another node has ended in the meantime,
 * because a lease was over, stays as it is. After a delivery that has ended, the next one of its object is due.
 */
export function recordResults(
  database: Database,
  results: readonly DeliveryResult[],
  queues: readonly QueueResult[],
): Promise<void> {
  return withTransaction(database, async (tx) => {
    lockUsedQueues(tx, [...results, ...queues]);
    if (results.length > 0) recordDeliveries(tx, results);
    const ended = results.filter(({ status }) => status !== 'PENDING');
    if (ended.length > 0) startObjects(tx, ended);
    if (queues.length > 0) releaseQueues(tx, queues);
  });
}

function lockUsedQueues(tx: Tx, used: ReadonlyArray<Pick<QueueResult, 'merchantId' | 'endpointId'>>): void {
  tx.send(
    `SELECT FROM webhook_queue AS queue
      WHERE (merchant_id, endpoint_id) IN (SELECT * FROM unnest($1::text[], $2::text[]))
      ORDER BY merchant_id, endpoint_id FOR UPDATE`,
    [used.map(({ merchantId }) => merchantId), used.map(({ endpointId }) => endpointId)],
  );
}

/** Number of attempts of a delivery that are kept: the latest. */
const ATTEMPTS_KEPT = 50;

function recordDeliveries(tx: Tx, results: readonly DeliveryResult[]): void {
  tx.send(
    `UPDATE webhook_delivery AS delivery
        SET status = result.status, failures = delivery.failures + result.is_failure::int,
            attempts = CASE WHEN jsonb_array_length(delivery.attempts) < ${ATTEMPTS_KEPT} THEN delivery.attempts ELSE delivery.attempts - 0 END
                       || coalesce(result.attempt, '[]'), updated_at = now(),
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
}

function releaseQueues(tx: Tx, queues: readonly QueueResult[]): void {
  const merchantIds = queues.map(({ merchantId }) => merchantId);
  const endpointIds = queues.map(({ endpointId }) => endpointId);
  tx.send(
    `UPDATE webhook_queue AS queue
        SET lease = NULL, leased_until = NULL,
            failures = used.failures + CASE WHEN used.has_succeeded THEN 0 ELSE queue.failures END,
            failing_since = CASE WHEN used.failures > 0 AND NOT used.has_succeeded THEN coalesce(queue.failing_since, now())
                                 WHEN used.failures > 0 THEN now() WHEN used.has_succeeded THEN NULL ELSE queue.failing_since END,
            paused_until = now() + used.pause_ms * interval '1 millisecond',
            next_at = CASE WHEN used.is_more THEN now() ELSE (SELECT min(next_attempt_at) FROM webhook_delivery AS delivery
                        WHERE delivery.merchant_id = queue.merchant_id AND delivery.endpoint_id = queue.endpoint_id AND status = 'PENDING') END
       FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[], $5::int[], $6::bigint[], $7::boolean[])
              AS used(merchant_id, endpoint_id, lease, has_succeeded, failures, pause_ms, is_more)
      WHERE queue.merchant_id = used.merchant_id AND queue.endpoint_id = used.endpoint_id AND queue.lease = used.lease`,
    [
      merchantIds,
      endpointIds,
      queues.map(({ lease }) => lease),
      queues.map(({ hasSucceeded }) => hasSucceeded),
      queues.map(({ failures }) => failures),
      queues.map(({ pauseMs }) => pauseMs),
      queues.map(({ isMore }) => isMore),
    ],
  );
}

/**
 * Ends what is pending for a disabled endpoint, at most `limit` deliveries; returns how many. Those that wait for others are ended
 * before them, so that an endpoint that is enabled meanwhile goes on with the rest.
 */
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
         ORDER BY next_attempt_at DESC NULLS FIRST, position DESC LIMIT $3)
      RETURNING id`,
    [merchantId, endpointId, limit],
  );
  return rows.length;
}
