import type { ControlItem, EventItem } from '../../event-log/item.ts';
import { HEARTBEAT_MS } from '../../event-log/item.ts';
import { builder } from '../builder.ts';
import { CustomerRef } from '../customer.ts';
import { AggregateTypeRef } from '../enums/call.ts';
import { EndingReasonRef } from '../enums/stream.ts';
import { MandateRef } from '../mandates/mandate.ts';
import { findById, findNode, NodeRef } from '../node.ts';
import { PaymentRef } from '../payments/payment.ts';
import { CauseRef } from './cause.ts';
import { VALUES_MAX } from './event-filter.ts';

export const EventRef = builder.objectRef<EventItem>('Event').implement({
  description: 'A change of an object. Every version of an object has exactly one event.',
  fields: (t) => ({
    id: t.id({ description: 'Unique identifier of the event.', resolve: ({ event }) => event.id }),
    cursor: t.exposeString('cursor', {
      description: 'Stream cursor of this event. Pass it as `after` to resume after this event.',
    }),
    about: t.field({
      type: AggregateTypeRef,
      description: 'Type of the object that changed.',
      resolve: ({ event }) => event.aggregateType,
    }),
    objectId: t.id({
      description: 'Identifier of the object that changed.',
      resolve: ({ event }) => event.aggregateId,
    }),
    version: t.int({
      description: 'Version of the object after this change; 1 is its creation.',
      resolve: ({ event }) => event.version,
    }),
    type: t.string({
      description: 'Type of the event, for example "payment.created" or "mandate.amendment_updated".',
      resolve: ({ event }) => event.type,
    }),
    from: t.string({
      nullable: true,
      description: 'Status before the change; null for the creation of the object.',
      resolve: ({ event }) => event.fromStatus,
    }),
    to: t.string({ description: 'Status after the change.', resolve: ({ event }) => event.toStatus }),
    amount: t.field({
      type: 'Money',
      nullable: true,
      description: 'Amount of the object at the time of the change, in rand; null when it has none.',
      resolve: ({ event }) => event.amountCents,
    }),
    batchReference: t.string({
      nullable: true,
      description: 'Batch reference of the payment concerned; null when it has none.',
      resolve: ({ event }) => event.batchReference,
    }),
    occurredAt: t.field({
      type: 'DateTime',
      description: 'Time of the change on the clock of the merchant, in UTC.',
      resolve: ({ event }) => event.occurredAt,
    }),
    sequencedAt: t.field({
      type: 'DateTime',
      description: 'Time at which the event received its position in the log: wall-clock time in UTC.',
      resolve: ({ event }) => event.sequencedAt,
    }),
    cause: t.field({
      description: 'The actor that caused the change, and the reason.',
      type: CauseRef,
      resolve: ({ event }) => event,
    }),
    object: t.field({
      type: NodeRef,
      nullable: true,
      description: 'The object that changed, in its current state; null when it is the merchant or a webhook endpoint.',
      resolve: ({ event }, _args, context, info) => findNode(event.aggregateId, context, info),
    }),
    payment: t.field({
      type: PaymentRef,
      nullable: true,
      description: 'The payment concerned, in its current state; null when the event concerns none.',
      resolve: ({ event }, _args, context, info) =>
        event.paymentId === null ? null : findById('payment', event.paymentId, context, info),
    }),
    mandate: t.field({
      type: MandateRef,
      nullable: true,
      description: 'The mandate concerned, in its current state; null when the event concerns none.',
      resolve: ({ event }, _args, context, info) =>
        event.mandateId === null ? null : findById('mandate', event.mandateId, context, info),
    }),
    customer: t.field({
      type: CustomerRef,
      nullable: true,
      description: 'The customer concerned, in its current state; null when the event concerns none.',
      resolve: ({ event }, _args, context, info) =>
        event.customerId === null ? null : findById('customer', event.customerId, context, info),
    }),
  }),
});

export const EventFilterInput = builder.inputType('EventFilter', {
  description: `Conditions that an event must all satisfy. null is an error, an empty list matches nothing, and a list has at most ${VALUES_MAX} values.`,
  fields: (t) => ({
    about: t.field({ type: [AggregateTypeRef], description: 'Selects events of objects of these types.' }),
    types: t.stringList({ description: 'Selects events of these types, for example "payment.created".' }),
    objectIds: t.idList({ description: 'Selects events of these objects.' }),
    paymentIds: t.idList({ description: 'Selects events of these payments and of their transactions.' }),
    customerIds: t.idList({ description: 'Selects events of these customers and of the objects that belong to them.' }),
    mandateIds: t.idList({
      description: 'Selects events of these mandates and of the payments and transactions under them.',
    }),
    paymentMethodIds: t.idList({ description: 'Selects events of objects that use these payment methods.' }),
    batchReference: t.string({
      description: 'Selects events of the payments with this batch reference and of their transactions.',
    }),
  }),
});

const ReadyRef = builder.objectRef<ControlItem & { kind: 'READY' }>('StreamReady').implement({
  description:
    'Sent when all events up to now have been delivered; later events follow as they happen. Sent again each time the stream has fallen behind and caught up.',
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'Stream cursor up to which all matching events have been sent.' }),
  }),
});

const HeartbeatRef = builder.objectRef<ControlItem & { kind: 'HEARTBEAT' }>('StreamHeartbeat').implement({
  description: `Sent every ${HEARTBEAT_MS / 1_000} seconds while the stream is open. Store its cursor, so that the cursor of a filter that rarely matches does not expire.`,
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'Stream cursor up to which all matching events have been sent.' }),
    lagMs: t.exposeInt('lagMs', {
      description: 'Delay of the stream in milliseconds; 0 when all events have been sent.',
    }),
  }),
});

const EndingRef = builder.objectRef<ControlItem & { kind: 'ENDING' }>('StreamEnding').implement({
  description: 'Last item of a stream that the server ends. Resume with the last cursor received.',
  fields: (t) => ({
    reason: t.expose('reason', { type: EndingReasonRef, description: 'Reason why the server ends the stream.' }),
    retryAfterMs: t.exposeInt('retryAfterMs', { description: 'Time to wait before reconnecting, in milliseconds.' }),
  }),
});

const TYPES = { EVENT: EventRef, READY: ReadyRef, HEARTBEAT: HeartbeatRef, ENDING: EndingRef } as const;

export const StreamItemRef = builder.unionType('StreamItem', {
  description: 'An event, or a control message about the stream itself.',
  types: Object.values(TYPES),
  resolveType: (item) => TYPES[(item as EventItem | ControlItem).kind].name,
});
