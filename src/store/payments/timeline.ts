import type { Queryable } from '../connection/database.ts';
import type { SequencedEvent } from '../events/sequenced-event.ts';

/** An event of a payment, of one of its transactions, or of its mandate. */
export type TimelineStep = Pick<
  SequencedEvent,
  | 'id'
  | 'aggregateType'
  | 'aggregateId'
  | 'type'
  | 'fromStatus'
  | 'toStatus'
  | 'actor'
  | 'requestId'
  | 'reasonCode'
  | 'reason'
  | 'amountCents'
  | 'occurredAt'
>;

const COLUMNS = `event.id, event.aggregate_type, event.aggregate_id, event.type, event.from_status, event.to_status, event.actor,
  event.request_id, event.reason_code, event.reason, event.amount_cents, event.occurred_at, event.ordinal`;

/**
 * Returns the events of payments by payment, in order and in one statement: at most `limit` of each after the event
 * with the id `after`, or from the start when it is null.
 */
export async function findTimelines(
  database: Queryable,
  merchantId: string,
  paymentIds: readonly string[],
  after: string | null,
  limit: number,
): Promise<ReadonlyMap<string, readonly TimelineStep[]>> {
  const rows = await database.query<TimelineStep & { paymentId: string; ordinal: number }>(
    `SELECT payment.id AS payment_id, step.*
       FROM payment, LATERAL (
         SELECT * FROM (
           SELECT ${COLUMNS} FROM event
            WHERE merchant_id = $1 AND aggregate_type = 'PAYMENT' AND aggregate_id = payment.id
           UNION ALL
           SELECT ${COLUMNS} FROM transaction JOIN event ON event.merchant_id = $1
              AND event.aggregate_type = 'TRANSACTION' AND event.aggregate_id = transaction.id
            WHERE transaction.merchant_id = $1 AND transaction.payment_id = payment.id
           UNION ALL
           SELECT ${COLUMNS} FROM event
            WHERE merchant_id = $1 AND aggregate_type = 'MANDATE' AND aggregate_id = payment.mandate_id) AS event
          WHERE ordinal > coalesce((SELECT ordinal FROM event WHERE merchant_id = $1 AND id = $3), 0)
          ORDER BY ordinal LIMIT $4) AS step
      WHERE payment.merchant_id = $1 AND payment.id = ANY($2)
      ORDER BY payment.id, step.ordinal`,
    [merchantId, paymentIds, after, limit],
  );
  const groups = new Map<string, TimelineStep[]>(paymentIds.map((id) => [id, []]));
  for (const { paymentId, ordinal: _ordinal, ...step } of rows) groups.get(paymentId)?.push(step);
  return groups;
}
