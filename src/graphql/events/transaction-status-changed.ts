import { builder } from '../builder.ts';
import { TransactionStatusRef } from '../enums/payment.ts';
import { findById } from '../node.ts';
import { TransactionRef } from '../transaction.ts';
import { VALUES_MAX } from './event-filter.ts';
import { statusChangeRef, statusFilterFields, statusSubscription } from './status-changed.ts';

const TransactionStatusChangeRef = statusChangeRef('TransactionStatusChange', 'transaction', TransactionStatusRef);

builder.objectField(TransactionStatusChangeRef, 'transaction', (t) =>
  t.field({
    type: TransactionRef,
    description: 'As it is now, which may be further than this change.',
    resolve: ({ event }, _args, context, info) => findById('transaction', event.aggregateId, context, info),
  }),
);

const FilterInput = builder.inputType('TransactionStatusChangedFilter', {
  description: `Which changes; all conditions hold. null is an error, an empty list matches nothing, a list has at most ${VALUES_MAX} values.`,
  fields: (t) => ({
    paymentIds: t.idList({ description: 'Of these payments.' }),
    batchReference: t.string({ description: 'Of payments of this batch.' }),
    ...statusFilterFields(t, 'transaction', TransactionStatusRef),
  }),
});

statusSubscription(
  'TRANSACTION',
  TransactionStatusChangeRef,
  FilterInput,
  'Each change of a transaction, once and in order: after `after`, or from now on.',
);
