import type { AggregateType } from '../../domain/event.ts';
import type { EventItem } from '../../event-log/item.ts';
import type { InputFieldBuilder } from '../batch/record-input.ts';
import { builder, scoped } from '../builder.ts';
import type { EventActorRef } from '../enums/call.ts';
import { CauseRef } from './cause.ts';
import { conditionsOf, type EventFilter } from './event-filter.ts';
import { AFTER, selectEvents } from './subscription.ts';

const AmountRangeInput = builder.inputType('AmountRangeInput', {
  description: 'A range of amounts in rand; both ends are inclusive and optional.',
  fields: (t) => ({
    gte: t.field({ description: 'Lowest amount that matches, in rand.', type: 'Money' }),
    lte: t.field({ description: 'Highest amount that matches, in rand.', type: 'Money' }),
  }),
});

type StatusChangeRef = ReturnType<typeof builder.objectRef<EventItem>>;

/**
 * Creates the object type for the status changes of an entity. The field of the entity itself is added by the caller.
 */
export function statusChangeRef(name: string, object: string, statusRef: object): StatusChangeRef {
  const type = statusRef as typeof EventActorRef; // Each entity has its own status enum.
  const ref = builder.objectRef<EventItem>(name);
  ref.implement({
    description: `A change of the status of a ${object}, or its creation.`,
    fields: (t) => ({
      cursor: t.exposeString('cursor', {
        description: 'Stream cursor of this change. Pass it as `after` to resume after this change.',
      }),
      version: t.int({
        description: `Version of the ${object} after this change; 1 is its creation.`,
        resolve: ({ event }) => event.version,
      }),
      occurredAt: t.field({
        type: 'DateTime',
        description: 'Time of the change on the clock of the merchant, in UTC.',
        resolve: ({ event }) => event.occurredAt,
      }),
      sequencedAt: t.field({
        type: 'DateTime',
        description: 'Time at which the change received its position in the log: wall-clock time in UTC.',
        resolve: ({ event }) => event.sequencedAt,
      }),
      from: t.field({
        type,
        nullable: true,
        description: `Status before the change; null for the creation of the ${object}.`,
        resolve: ({ event }) => event.fromStatus as typeof type.$inferType | null,
      }),
      to: t.field({
        description: 'Status after the change.',
        type,
        resolve: ({ event }) => event.toStatus as typeof type.$inferType,
      }),
      cause: t.field({
        description: 'The actor that caused the change, and the reason.',
        type: CauseRef,
        resolve: ({ event }) => event,
      }),
    }),
  });
  return ref;
}

/** Returns the filter fields that the status changes of all entities have in common. */
export function statusFilterFields(t: InputFieldBuilder, object: string, statusRef: object) {
  const type = statusRef as typeof EventActorRef;
  return {
    customerIds: t.idList({ description: `Selects changes of ${object}s of these customers.` }),
    mandateIds: t.idList({
      description:
        object === 'mandate'
          ? 'Selects changes of these mandates.'
          : `Selects changes of ${object}s under these mandates.`,
    }),
    paymentMethodIds: t.idList({ description: `Selects changes of ${object}s that use these payment methods.` }),
    from: t.field({ type: [type], description: 'Selects changes that leave one of these statuses.' }),
    to: t.field({ type: [type], description: 'Selects changes that reach one of these statuses.' }),
    amount: t.field({
      type: AmountRangeInput,
      description: `Selects changes of ${object}s whose amount is in this range.`,
    }),
  };
}

/** Adds the subscription field for the status changes of one aggregate type. */
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
        filter: t.arg({
          type: filterInput,
          description: 'Conditions that the changes must satisfy; all changes when absent.',
        }),
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
