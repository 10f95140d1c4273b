import type { ControlItem, EventItem } from '../../event-log/item.ts';
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
  description: 'A change of an object: one for each of its versions.',
  fields: (t) => ({
    id: t.id({ description: 'Of the event; webhooks send it too.', resolve: ({ event }) => event.id }),
    cursor: t.exposeString('cursor', {
      description: 'Subscribe or page on with it as `after` to go on behind this event.',
    }),
    about: t.field({
      type: AggregateTypeRef,
      description: 'What changed.',
      resolve: ({ event }) => event.aggregateType,
    }),
    objectId: t.id({ description: 'Of what changed.', resolve: ({ event }) => event.aggregateId }),
    version: t.int({
      description: "The object's version with this change; 1 is its creation.",
      resolve: ({ event }) => event.version,
    }),
    type: t.string({
      description: 'What became of it, as "payment.created" or "mandate.amendment_updated".',
      resolve: ({ event }) => event.type,
    }),
    from: t.string({
      nullable: true,
      description: 'The status before; null for the creation.',
      resolve: ({ event }) => event.fromStatus,
    }),
    to: t.string({ description: 'The status after.', resolve: ({ event }) => event.toStatus }),
    amount: t.field({
      type: 'Money',
      nullable: true,
      description: 'Of the object then; null where it has none.',
      resolve: ({ event }) => event.amountCents,
    }),
    batchReference: t.string({
      nullable: true,
      description: 'Of the payment concerned; null when it has none.',
      resolve: ({ event }) => event.batchReference,
    }),
    occurredAt: t.field({ type: 'DateTime', description: 'On your clock.', resolve: ({ event }) => event.occurredAt }),
    sequencedAt: t.field({
      type: 'DateTime',
      description: 'When it got its place in the log: wall time.',
      resolve: ({ event }) => event.sequencedAt,
    }),
    cause: t.field({ description: 'Who caused it, and why.', type: CauseRef, resolve: ({ event }) => event }),
    object: t.field({
      type: NodeRef,
      nullable: true,
      description: 'What changed, as it is now; null when it was you.',
      resolve: ({ event }, _args, context, info) => findNode(event.aggregateId, context, info),
    }),
    payment: t.field({
      type: PaymentRef,
      nullable: true,
      description: 'The payment concerned, as it is now.',
      resolve: ({ event }, _args, context, info) =>
        event.paymentId === null ? null : findById('payment', event.paymentId, context, info),
    }),
    mandate: t.field({
      type: MandateRef,
      nullable: true,
      description: 'The mandate concerned, as it is now.',
      resolve: ({ event }, _args, context, info) =>
        event.mandateId === null ? null : findById('mandate', event.mandateId, context, info),
    }),
    customer: t.field({
      type: CustomerRef,
      nullable: true,
      description: 'The customer concerned, as it is now.',
      resolve: ({ event }, _args, context, info) =>
        event.customerId === null ? null : findById('customer', event.customerId, context, info),
    }),
  }),
});

export const EventFilterInput = builder.inputType('EventFilter', {
  description: `Which events; all conditions hold. null is an error, an empty list matches nothing, a list has at most ${VALUES_MAX} values.`,
  fields: (t) => ({
    about: t.field({ type: [AggregateTypeRef], description: 'Of objects of these types.' }),
    types: t.stringList({ description: 'What became of it, as "payment.created".' }),
    objectIds: t.idList({ description: 'Of these objects.' }),
    paymentIds: t.idList({ description: 'Of these payments, and of their transactions.' }),
    customerIds: t.idList({ description: 'Of these customers, and of what they have.' }),
    mandateIds: t.idList({ description: 'Of these mandates, and of what is collected under them.' }),
    paymentMethodIds: t.idList({ description: 'Of what goes by these methods.' }),
    batchReference: t.string({ description: 'Of payments of this batch, and of their transactions.' }),
  }),
});

const ReadyRef = builder.objectRef<ControlItem & { kind: 'READY' }>('StreamReady').implement({
  description:
    'You have everything up to now; what follows comes as it happens. Again after each time you fell behind.',
  fields: (t) => ({ cursor: t.exposeString('cursor', { description: 'Everything before it was sent to you.' }) }),
});

const HeartbeatRef = builder.objectRef<ControlItem & { kind: 'HEARTBEAT' }>('StreamHeartbeat').implement({
  description:
    'Every 15 seconds: the stream lives. Keep the cursor, so that a filter that matches nothing does not age.',
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'Everything before it was sent to you.' }),
    lagMs: t.exposeInt('lagMs', {
      description: 'How far the server is behind: 0 when you have everything. Milliseconds.',
    }),
  }),
});

const EndingRef = builder.objectRef<ControlItem & { kind: 'ENDING' }>('StreamEnding').implement({
  description: 'The stream ends with this. Come back with your last cursor.',
  fields: (t) => ({
    reason: t.expose('reason', { type: EndingReasonRef, description: 'Why.' }),
    retryAfterMs: t.exposeInt('retryAfterMs', { description: 'When to come back, in milliseconds.' }),
  }),
});

const TYPES = { EVENT: EventRef, READY: ReadyRef, HEARTBEAT: HeartbeatRef, ENDING: EndingRef } as const;

export const StreamItemRef = builder.unionType('StreamItem', {
  description: 'An event, or a word of the stream on itself.',
  types: Object.values(TYPES),
  resolveType: (item) => TYPES[(item as EventItem | ControlItem).kind].name,
});
