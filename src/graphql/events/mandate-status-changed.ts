import { builder } from '../builder.ts';
import { MandateStatusRef } from '../enums/mandate.ts';
import { MandateRef } from '../mandates/mandate.ts';
import { findById } from '../node.ts';
import { VALUES_MAX } from './event-filter.ts';
import { statusChangeRef, statusFilterFields, statusSubscription } from './status-changed.ts';

const MandateStatusChangeRef = statusChangeRef('MandateStatusChange', 'mandate', MandateStatusRef);

builder.objectField(MandateStatusChangeRef, 'mandate', (t) =>
  t.field({
    type: MandateRef,
    description: 'As it is now, which may be further than this change.',
    resolve: ({ event }, _args, context, info) => findById('mandate', event.aggregateId, context, info),
  }),
);

const FilterInput = builder.inputType('MandateStatusChangedFilter', {
  description: `Which changes; all conditions hold. null is an error, an empty list matches nothing, a list has at most ${VALUES_MAX} values.`,
  fields: (t) => statusFilterFields(t, 'mandate', MandateStatusRef),
});

statusSubscription(
  'MANDATE',
  MandateStatusChangeRef,
  FilterInput,
  'Each change of a mandate, once and in order: after `after`, or from now on. Where `from` and `to` are the same, its `amendmentStatus` changed.',
);
