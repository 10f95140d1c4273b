export const AGGREGATE_TYPES = [
  'CUSTOMER',
  'BANK_ACCOUNT',
  'CARD',
  'MANDATE',
  'PAYMENT',
  'TRANSACTION',
  'MERCHANT',
  'DEPOSIT',
] as const;
export type AggregateType = (typeof AGGREGATE_TYPES)[number];

/** Parts of objects that have a life of their own. */
export type EventPart = 'AMENDMENT' | 'AUTHORITY_WITHDRAWN' | 'AUTHORITY_RESTORED' | 'COLLECTION' | 'DEPOSIT';

/** The type of the event that tells of a part. */
const PART_EVENTS: Readonly<Record<EventPart, string>> = {
  AMENDMENT: 'mandate.amendment_updated',
  AUTHORITY_WITHDRAWN: 'mandate.authority_withdrawn',
  AUTHORITY_RESTORED: 'mandate.authority_restored',
  COLLECTION: 'collection.skipped',
  DEPOSIT: 'payment.deposit_received',
};

/** Who caused a change: a caller, the debtor, the bank, the clock, or a sandbox's simulator in their stead. */
export const EVENT_ACTORS = ['API', 'DEBTOR', 'BANK', 'SCHEDULER', 'SIMULATOR'] as const;
export type EventActor = (typeof EVENT_ACTORS)[number];

export interface Cause {
  readonly actor: EventActor;
  readonly requestId: string | null;
  /** The bank's return code, when it gave one. */
  readonly reasonCode: string | null;
  readonly reason: string | null;
}

/** By which a change is found: the objects it concerns. It holds no personal numbers, and never may. */
export interface EventKeys {
  readonly paymentId: string | null;
  readonly customerId: string | null;
  readonly mandateId: string | null;
  readonly paymentMethodId: string | null;
  readonly batchReference: string | null;
  readonly amountCents: number | null;
}

/** One change of one object, to be written with it. `fromStatus` is null for the creation, which is `version` 1. */
export interface NewEvent {
  readonly aggregateType: AggregateType;
  readonly aggregateId: string;
  readonly version: number;
  readonly fromStatus: string | null;
  readonly toStatus: string;
  /** Which part of the object changed, where that has a life of its own. */
  readonly part?: EventPart | undefined;
  readonly occurredAt: Date;
  readonly cause: Cause;
  readonly keys: EventKeys;
}

/** `payment.created`, `bank_account.updated`, `mandate.authority_withdrawn`, `collection.skipped`: the object and what became of it. */
export function eventType({
  aggregateType,
  fromStatus,
  part,
}: Pick<NewEvent, 'aggregateType' | 'fromStatus' | 'part'>): string {
  if (aggregateType === 'DEPOSIT') return 'deposit.received';
  if (part) return PART_EVENTS[part];
  return `${aggregateType.toLowerCase()}.${fromStatus === null ? 'created' : 'updated'}`;
}

export const NO_KEYS: EventKeys = {
  paymentId: null,
  customerId: null,
  mandateId: null,
  paymentMethodId: null,
  batchReference: null,
  amountCents: null,
};
