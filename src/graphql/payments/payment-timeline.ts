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
  description: 'Something that happened to a payment, to a transaction of it, or to its mandate.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Of the event.' }),
    about: t.field({
      type: AggregateTypeRef,
      description: 'PAYMENT, TRANSACTION or MANDATE.',
      resolve: ({ aggregateType }) => aggregateType,
    }),
    objectId: t.exposeID('aggregateId', { description: 'Of the payment, the transaction or the mandate.' }),
    type: t.exposeString('type', { description: 'As "payment.updated" or "payment.collection_skipped".' }),
    from: t.exposeString('fromStatus', { nullable: true, description: 'The status before; null for the creation.' }),
    to: t.exposeString('toStatus', { description: 'The status after.' }),
    amount: t.field({
      type: 'Money',
      nullable: true,
      description: 'Of the object then.',
      resolve: ({ amountCents }) => amountCents,
    }),
    cause: t.field({ type: CauseRef, description: 'Who caused it, and why.', resolve: (step) => step }),
    occurredAt: t.expose('occurredAt', { type: 'DateTime', description: 'When, on your clock.' }),
  }),
});

builder.prismaObjectField(PaymentRef, 'timeline', (t) =>
  t.field({
    type: [TimelineStepRef],
    description: 'All that happened, in order: steps of the payment, of its transactions and of its mandate.',
    args: {
      first: t.arg.int({
        required: true,
        defaultValue: STEPS_DEFAULT,
        description: `At most so many, from the start or after \`after\`: 1 to ${STEPS_MAX}.`,
      }),
      after: t.arg.id({ description: 'The id of a step: what comes after it.' }),
    },
    select: { id: true },
    resolve: ({ id }, { first, after = null }, { loaders }) => {
      if (first < 1 || first > STEPS_MAX)
        throw requestError('PAGE_OUT_OF_RANGE', `From 1 to ${STEPS_MAX}.`, [['first']]);
      if (after !== null && kindOfId(after) !== 'event') {
        throw requestError('CURSOR_INVALID', 'Not the id of a step.', [['after']]);
      }
      return loaders.timeline.load({ paymentId: id, first, after }).then((steps) => [...steps]);
    },
  }),
);
