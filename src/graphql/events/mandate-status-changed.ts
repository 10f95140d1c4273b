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
    description: 'The mandate in its current state, which may be newer than this change.',
    resolve: ({ event }, _args, context, info) => findById('mandate', event.aggregateId, context, info),
  }),
);

const FilterInput = builder.inputType('MandateStatusChangedFilter', {
  description: `Conditions that a change must all satisfy. null is an error, an empty list matches nothing, and a list has at most ${VALUES_MAX} values.`,
  fields: (t) => statusFilterFields(t, 'mandate', MandateStatusRef),
});

statusSubscription(
  'MANDATE',
  MandateStatusChangeRef,
  FilterInput,
  'Delivers each status change of a mandate exactly once and in order, after `after` or, without it, from now on. Equal values of `from` and `to` mean that `amendmentStatus` changed.',
);
