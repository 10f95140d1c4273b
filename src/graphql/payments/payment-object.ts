import type { BatchObject } from '../batch/batch-payload.ts';
import { PaymentRef } from './payment.ts';
import { ScheduledCollectionRef } from './scheduled-collection.ts';

/** Payments in batch results; each result also has the collection that the record plans. */
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
        'Collection planned by the record, also in a dry run: the first collection of a submitted payment, or the new attempt of a retry. null otherwise.',
      resolve: ({ result }) => result.collection ?? null,
    }),
  }),
};
