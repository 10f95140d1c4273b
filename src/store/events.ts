import { type EventActor, eventType, type NewEvent } from '../domain/event.ts';
import type { Queryable, Transaction } from './database.ts';
import { insertRows } from './insert-rows.ts';

/** Writes the events of changes made in the same transaction, in this order, by one statement. */
export async function insertEvents(tx: Transaction, merchantId: string, events: readonly NewEvent[]): Promise<void> {
  await insertRows(
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
      createdAt: new Date(),
    })),
  );
}

/** What callers said when they changed customers or what these have: gone, for it may say who they were. */
export async function eraseReasons(tx: Queryable, merchantId: string, customerIds: readonly string[]): Promise<void> {
  await tx.query(
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

/** Numbers at most `count` committed events: how many, or -1 when another node is at it. One call, in autocommit. */
export async function sequenceEvents(database: Queryable, count: number): Promise<number> {
  const [row] = await database.query<{ numbered: number }>('SELECT sequence_events($1) AS numbered', [count]);
  return row?.numbered ?? 0;
}

export interface LogHead {
  readonly merchantId: string;
  readonly epoch: string;
  readonly lastPosition: number;
}

/** The ends of the logs of some merchants. */
export async function findLogHeads(database: Queryable, merchantIds: readonly string[]): Promise<LogHead[]> {
  return database.query('SELECT merchant_id, epoch, last_position FROM event_head WHERE merchant_id = ANY($1)', [
    merchantIds,
  ]);
}

/** A numbered event, as streams read it. */
export interface SequencedEvent {
  readonly position: number;
  readonly aggregateId: string;
  readonly version: number;
  readonly fromStatus: string | null;
  readonly toStatus: string;
  readonly actor: EventActor;
  readonly requestId: string | null;
  readonly reasonCode: string | null;
  readonly reason: string | null;
  readonly occurredAt: Date;
  readonly sequencedAt: Date;
}

/** Which events of a merchant a reader wants. An absent condition is no condition; an empty list matches nothing. */
export interface EventConditions {
  readonly aggregateType: string;
  /** Whether only changes of status are wanted, of the object or of a part of it. */
  readonly isStatus?: true | undefined;
  readonly paymentIds?: readonly string[] | undefined;
  readonly customerIds?: readonly string[] | undefined;
  readonly mandateIds?: readonly string[] | undefined;
  readonly paymentMethodIds?: readonly string[] | undefined;
  readonly batchReference?: string | undefined;
  readonly from?: readonly string[] | undefined;
  readonly to?: readonly string[] | undefined;
  readonly amountCentsMin?: number | undefined;
  readonly amountCentsMax?: number | undefined;
}

/** Column and comparison of each condition. */
const CONDITIONS: Record<keyof EventConditions, (value: string) => string> = {
  aggregateType: (value) => `aggregate_type = ${value}::aggregate_type`,
  isStatus: (value) => `(from_status IS DISTINCT FROM to_status OR type LIKE '%.%\\_updated') = ${value}`,
  paymentIds: (value) => `payment_id = ANY(${value})`,
  customerIds: (value) => `customer_id = ANY(${value})`,
  mandateIds: (value) => `mandate_id = ANY(${value})`,
  paymentMethodIds: (value) => `payment_method_id = ANY(${value})`,
  batchReference: (value) => `batch_reference = ${value}`,
  from: (value) => `from_status = ANY(${value})`,
  to: (value) => `to_status = ANY(${value})`,
  amountCentsMin: (value) => `amount_cents >= ${value}`,
  amountCentsMax: (value) => `amount_cents <= ${value}`,
};

/** The events after a position up to another, in order, at most `limit`, that fulfil the conditions. */
export async function listEventsAfter(
  database: Queryable,
  range: { merchantId: string; after: number; upTo: number; limit: number },
  conditions: EventConditions,
): Promise<SequencedEvent[]> {
  const values: unknown[] = [range.merchantId, range.after, range.upTo, range.limit];
  const wanted = Object.entries(conditions).filter(([, value]) => value !== undefined);
  const where = wanted.map(([name, value]) => {
    values.push(value);
    return CONDITIONS[name as keyof EventConditions](`$${values.length}`);
  });
  return database.query(
    `SELECT position, aggregate_id, version, from_status, to_status, actor, request_id, reason_code, reason, occurred_at, sequenced_at
       FROM event
      WHERE merchant_id = $1 AND position > $2 AND position <= $3 AND ${where.join(' AND ')}
      ORDER BY position LIMIT $4`,
    values,
  );
}
