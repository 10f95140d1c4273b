import type { AggregateType } from '../../domain/event.ts';
import type { EventItem } from '../../event-log/item.ts';
import { builder, scoped } from '../builder.ts';
import type { EventActorRef } from '../enums/call.ts';
import { CauseRef } from './cause.ts';
import { conditionsOf, type EventFilter } from './event-filter.ts';
import { AFTER, selectEvents } from './subscription.ts';

const AmountRangeInput = builder.inputType('AmountRangeInput', {
  description: 'Both ends inclusive.',
  fields: (t) => ({
    gte: t.field({ description: 'At least.', type: 'Money' }),
    lte: t.field({ description: 'At most.', type: 'Money' }),
  }),
});

type StatusChangeRef = ReturnType<typeof builder.objectRef<EventItem>>;

/** A type for the changes of an object: what all changes have, beside the object itself. */
export function statusChangeRef(name: string, object: string, statusRef: object): StatusChangeRef {
  const type = statusRef as typeof EventActorRef; // an enum of the object's own
  const ref = builder.objectRef<EventItem>(name);
  ref.implement({
    description: `A ${object} changed its status, or was created.`,
    fields: (t) => ({
      cursor: t.exposeString('cursor', { description: 'Subscribe with it as `after` to go on behind this change.' }),
      version: t.int({
        description: `The ${object}'s version with this change; 1 is its creation.`,
        resolve: ({ event }) => event.version,
      }),
      occurredAt: t.field({
        type: 'DateTime',
        description: 'On your clock.',
        resolve: ({ event }) => event.occurredAt,
      }),
      sequencedAt: t.field({
        type: 'DateTime',
        description: 'When it got its place in the log: wall time.',
        resolve: ({ event }) => event.sequencedAt,
      }),
      from: t.field({
        type,
        nullable: true,
        description: 'null: created.',
        resolve: ({ event }) => event.fromStatus as typeof type.$inferType | null,
      }),
      to: t.field({
        description: 'The status it reached.',
        type,
        resolve: ({ event }) => event.toStatus as typeof type.$inferType,
      }),
      cause: t.field({ description: 'Who caused it, and why.', type: CauseRef, resolve: ({ event }) => event }),
    }),
  });
  return ref;
}

type InputBuilder = Parameters<NonNullable<Parameters<typeof builder.inputType>[1]['fields']>>[0];

/** The conditions that the changes of every object have. */
export function statusFilterFields(t: InputBuilder, object: string, statusRef: object) {
  const type = statusRef as typeof EventActorRef;
  return {
    customerIds: t.idList({ description: 'Of these customers.' }),
    mandateIds: t.idList({ description: object === 'mandate' ? 'Of these mandates.' : 'Under these mandates.' }),
    paymentMethodIds: t.idList({ description: 'By these methods.' }),
    from: t.field({ type: [type], description: 'The status it left.' }),
    to: t.field({ type: [type], description: 'The status it reached.' }),
    amount: t.field({ type: AmountRangeInput, description: `The amount of the ${object}.` }),
  };
}

/** A subscription to the changes of status of objects of a type. */
export function statusSubscription(
  aggregateType: AggregateType,
  change: StatusChangeRef,
  filterInput: ReturnType<typeof builder.inputType>,
  description: string,
): void {
  const name = aggregateType.toLowerCase() as 'payment' | 'mandate' | 'transaction';
  builder.subscriptionField(`${name}StatusChanged`, (t) =>
    t.field({
      type: change,
      description,
      args: {
        filter: t.arg({ type: filterInput, description: 'Which changes; all, when absent.' }),
        after: t.arg.string({ description: AFTER }),
      },
      ...scoped('read'),
      subscribe: (_root, { filter, after }, context) => {
        const conditions = conditionsOf((filter ?? {}) as EventFilter);
        return selectEvents(after, { ...conditions, aggregateTypes: [aggregateType], isStatus: true }, context);
      },
      resolve: (item) => item as EventItem,
    }),
  );
}
