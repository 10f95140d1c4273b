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
    description: 'As it is now, which may be further than this change.',
    resolve: ({ event }, _args, context, info) => findById('payment', event.aggregateId, context, info),
  }),
);

const FilterInput = builder.inputType('PaymentStatusChangedFilter', {
  description: `Which changes; all conditions hold. null is an error, an empty list matches nothing, a list has at most ${VALUES_MAX} values.`,
  fields: (t) => ({
    paymentIds: t.idList({ description: 'Of these payments.' }),
    batchReference: t.string({ description: 'Of this batch.' }),
    ...statusFilterFields(t, 'payment', PaymentStatusRef),
  }),
});

statusSubscription(
  'PAYMENT',
  PaymentStatusChangeRef,
  FilterInput,
  'Each change of a payment, once and in order: after `after`, or from now on.',
);
