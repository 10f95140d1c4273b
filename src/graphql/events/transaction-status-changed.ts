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
    description: 'The transaction in its current state, which may be newer than this change.',
    resolve: ({ event }, _args, context, info) => findById('transaction', event.aggregateId, context, info),
  }),
);

const FilterInput = builder.inputType('TransactionStatusChangedFilter', {
  description: `Conditions that a change must all satisfy. null is an error, an empty list matches nothing, and a list has at most ${VALUES_MAX} values.`,
  fields: (t) => ({
    paymentIds: t.idList({ description: 'Selects changes of transactions of these payments.' }),
    batchReference: t.string({ description: 'Selects changes of transactions of payments with this batch reference.' }),
    ...statusFilterFields(t, 'transaction', TransactionStatusRef),
  }),
});

statusSubscription(
  'TRANSACTION',
  TransactionStatusChangeRef,
  FilterInput,
  'Delivers each status change of a transaction exactly once and in order, after `after` or, without it, from now on.',
);
