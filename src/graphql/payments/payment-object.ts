import type { BatchObject } from '../batch/batch-payload.ts';
import { PaymentRef } from './payment.ts';
import { ScheduledCollectionRef } from './scheduled-collection.ts';

/** Payments as batch mutations answer them: with the collection that a record plans. */
export const PAYMENT_OBJECT: BatchObject = {
  name: 'Payment',
  field: 'payment',
  entity: 'payment',
  ref: PaymentRef,
  resultFields: (t) => ({
    collection: t.field({
      type: ScheduledCollectionRef,
      nullable: true,
      description:
        'The collection that the record plans, in a dry run too: the first of a submitted payment, or the attempt of a retry. null otherwise.',
      resolve: ({ result }) => result.collection ?? null,
    }),
  }),
};
