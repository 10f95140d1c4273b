import type { DeliveryStatus } from '../../domain/webhook/endpoint.ts';
import { type Database, type Tx, withTransaction } from '../connection/database.ts';
import { lockQueues, startObjects } from './deliveries.ts';

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
export const ATTEMPTS_KEPT = 50;

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
export function failPending(
  database: Database,
  merchantId: string,
  endpointId: string,
  limit: number,
): Promise<number> {
  return withTransaction(database, async (tx) => {
    lockQueues(tx, merchantId, [endpointId]);
    const rows = await tx.query(
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
  });
}
