/** All types of objects that events describe. */
export const AGGREGATE_TYPES = [
  'CUSTOMER',
  'BANK_ACCOUNT',
  'CARD',
  'MANDATE',
  'PAYMENT',
  'TRANSACTION',
  'MERCHANT',
  'DEPOSIT',
  'WEBHOOK_ENDPOINT',
] as const;
/** Type of the object that an event describes. */
export type AggregateType = (typeof AGGREGATE_TYPES)[number];

/** Parts of an object whose changes have an event type of their own. */
export type EventPart =
  | 'AMENDMENT'
  | 'AUTHORITY_WITHDRAWN'
  | 'AUTHORITY_RESTORED'
  | 'COLLECTION'
  | 'DEPOSIT'
  | 'ASSIGNMENT'
  | 'REFUND';

/** Event type for a change of each part. */
const PART_EVENTS: Readonly<Record<EventPart, string>> = {
  AMENDMENT: 'mandate.amendment_updated',
  AUTHORITY_WITHDRAWN: 'mandate.authority_withdrawn',
  AUTHORITY_RESTORED: 'mandate.authority_restored',
  COLLECTION: 'collection.skipped',
  DEPOSIT: 'payment.deposit_received',
  ASSIGNMENT: 'deposit.assigned',
  REFUND: 'deposit.refunded',
};

/**
 * All actors that cause changes: an API client, the debtor, the bank, a scheduled job, or the sandbox simulator for one
 * of them.
 */
export const EVENT_ACTORS = ['API', 'DEBTOR', 'BANK', 'SCHEDULER', 'SIMULATOR'] as const;
/** Kind of actor that caused a change. */
export type EventActor = (typeof EVENT_ACTORS)[number];

/** The cause of a change. */
export interface Cause {
  readonly actor: EventActor;
  readonly requestId: string | null;
  /** Return code of the bank, or null if there is none. */
  readonly reasonCode: string | null;
  readonly reason: string | null;
}

/** Ids and other values by which events are filtered. They must never include personal numbers. */
export interface EventKeys {
  readonly paymentId: string | null;
  readonly customerId: string | null;
  readonly mandateId: string | null;
  readonly paymentMethodId: string | null;
  readonly batchReference: string | null;
  readonly amountCents: number | null;
}

/**
 * One change of one object, written in the same transaction. For a creation, `fromStatus` is null and `version` is 1.
 */
export interface NewEvent {
  readonly aggregateType: AggregateType;
  readonly aggregateId: string;
  readonly version: number;
  readonly fromStatus: string | null;
  readonly toStatus: string;
  /** The part of the object that changed, if its events have a type of their own. */
  readonly part?: EventPart | undefined;
  readonly occurredAt: Date;
  readonly cause: Cause;
  readonly keys: EventKeys;
}

/** Returns the event type, for example `payment.created`, `bank_account.updated` or `mandate.authority_withdrawn`. */
export function eventType({
  aggregateType,
  fromStatus,
  part,
}: Pick<NewEvent, 'aggregateType' | 'fromStatus' | 'part'>): string {
  if (part) return PART_EVENTS[part];
  if (aggregateType === 'DEPOSIT') return 'deposit.received';
  return `${aggregateType.toLowerCase()}.${fromStatus === null ? 'created' : 'updated'}`;
}

/** The keys of an event that concerns none of the objects and has no amount. */
export const NO_KEYS: EventKeys = {
  paymentId: null,
  customerId: null,
  mandateId: null,
  paymentMethodId: null,
  batchReference: null,
  amountCents: null,
};
