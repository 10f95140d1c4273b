import { builder } from '../builder.ts';
import { PaymentStatusRef } from '../enums/payment.ts';
import { findById } from '../node.ts';
import { PaymentRef } from '../payments/payment.ts';
import { VALUES_MAX } from './event-filter.ts';
import { statusChangeRef, statusFilterFields, statusSubscription } from './status-changed.ts';

const PaymentStatusChangeRef = statusChangeRef('PaymentStatusChange', 'payment', PaymentStatusRef);

builder.objectField(PaymentStatusChangeRef, 'payment', (t) =>
  t.field({
    type: PaymentRef,
    description: 'The payment in its current state, which may be newer than this change.',
    resolve: ({ event }, _args, context, info) => findById('payment', event.aggregateId, context, info),
  }),
);

const FilterInput = builder.inputType('PaymentStatusChangedFilter', {
  description: `Conditions that a change must all satisfy. null is an error, an empty list matches nothing, and a list has at most ${VALUES_MAX} values.`,
  fields: (t) => ({
    paymentIds: t.idList({ description: 'Selects changes of these payments.' }),
    batchReference: t.string({ description: 'Selects changes of payments with this batch reference.' }),
    ...statusFilterFields(t, 'payment', PaymentStatusRef),
  }),
});

statusSubscription(
  'PAYMENT',
  PaymentStatusChangeRef,
  FilterInput,
  'Delivers each status change of a payment exactly once and in order, after `after` or, without it, from now on.',
);
