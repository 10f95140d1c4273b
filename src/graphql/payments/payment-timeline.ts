import { kindOfId } from '../../domain/ids.ts';
import type { TimelineStep } from '../../store/payments/timeline.ts';
import { builder } from '../builder.ts';
import { AggregateTypeRef } from '../enums/call.ts';
import { CauseRef } from '../events/cause.ts';
import { requestError } from '../pipeline/request-error.ts';
import { PaymentRef } from './payment.ts';

const STEPS_DEFAULT = 100;
const STEPS_MAX = 200;

const TimelineStepRef = builder.objectRef<TimelineStep>('TimelineStep').implement({
  description: 'An event of a payment, of one of its transactions, or of its mandate.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Unique identifier of the event.' }),
    about: t.field({
      type: AggregateTypeRef,
      description: 'Type of the object concerned: PAYMENT, TRANSACTION or MANDATE.',
      resolve: ({ aggregateType }) => aggregateType,
    }),
    objectId: t.exposeID('aggregateId', {
      description: 'Unique identifier of the payment, transaction or mandate concerned.',
    }),
    type: t.exposeString('type', {
      description: 'Event type, e.g. "payment.updated" or "collection.skipped".',
    }),
    from: t.exposeString('fromStatus', {
      nullable: true,
      description: 'Status before the event; null if the event created the object.',
    }),
    to: t.exposeString('toStatus', { description: 'Status after the event.' }),
    amount: t.field({
      type: 'Money',
      nullable: true,
      description: 'Amount of the object at the time of the event, in rand; null if it has none.',
      resolve: ({ amountCents }) => amountCents,
    }),
    cause: t.field({
      type: CauseRef,
      description: 'Actor that caused the event, and the reason.',
      resolve: (step) => step,
    }),
    occurredAt: t.expose('occurredAt', {
      type: 'DateTime',
      description: "Time of the event (UTC, on the merchant's clock).",
    }),
  }),
});

builder.prismaObjectField(PaymentRef, 'timeline', (t) =>
  t.field({
    type: [TimelineStepRef],
    description: 'Events of the payment, of its transactions and of its mandate, oldest first.',
    args: {
      first: t.arg.int({
        required: true,
        defaultValue: STEPS_DEFAULT,
        description: `Maximum number of events to return, 1–${STEPS_MAX}, from the start or after \`after\`.`,
      }),
      after: t.arg.id({ description: 'Identifier of a timeline event; returns the events after it.' }),
    },
    select: { id: true },
    resolve: ({ id }, { first, after = null }, { loaders }) => {
      if (first < 1 || first > STEPS_MAX)
        throw requestError('PAGE_OUT_OF_RANGE', `first must be from 1 to ${STEPS_MAX}.`, [['first']]);
      if (after !== null && kindOfId(after) !== 'event') {
        throw requestError('CURSOR_INVALID', 'after must be the id of a timeline event.', [['after']]);
      }
      return loaders.timeline.load({ paymentId: id, first, after }).then((steps) => [...steps]);
    },
  }),
);
