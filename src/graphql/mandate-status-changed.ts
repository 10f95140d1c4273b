import { builder, scoped } from './builder.ts';
import { MandateStatusRef } from './enums/mandate.ts';
import { MandateRef } from './mandate.ts';
import { findById } from './node.ts';
import { followStatus, statusChangeRef, statusFilterFields } from './status-changed.ts';

const MandateStatusChangeRef = statusChangeRef('MandateStatusChange', 'mandate', MandateStatusRef);

builder.objectField(MandateStatusChangeRef, 'mandate', (t) =>
  t.field({
    type: MandateRef,
    description: 'As it is now, which may be further than this change.',
    resolve: ({ event }, _args, context, info) => findById('mandate', event.aggregateId, context, info),
  }),
);

const FilterInput = builder.inputType('MandateStatusChangedFilter', {
  description: 'Which changes; all conditions hold. null is an error, an empty list matches nothing.',
  fields: (t) => statusFilterFields(t, 'mandate', MandateStatusRef),
});

builder.subscriptionField('mandateStatusChanged', (t) =>
  t.field({
    type: MandateStatusChangeRef,
    description:
      'Each change of a mandate, once and in order: after `after`, or from now on. Where `from` and `to` are the same, its `amendmentStatus` changed.',
    args: {
      filter: t.arg({ type: FilterInput, description: 'Which changes; all, when absent.' }),
      after: t.arg.string({ description: 'A stream cursor; from now on, when absent.' }),
    },
    ...scoped('read'),
    subscribe: (_root, { filter, after }, context) => followStatus('MANDATE', filter ?? {}, after ?? null, context),
    resolve: (change) => change,
  }),
);
