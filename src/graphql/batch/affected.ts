import { type Affected, NAMED_IDS_MAX } from '../../domain/batch.ts';
import { builder } from '../builder.ts';

export const AffectedRef = builder.objectRef<Affected>('Affected').implement({
  description: `Other objects that a change affects. Each list has at most ${NAMED_IDS_MAX} ids.`,
  fields: (t) => ({
    paymentIds: t.idList({
      description:
        'Ids of payments that continue with the changed data, or that the change paused, stopped or resumed.',
      resolve: ({ paymentIds }) => [...paymentIds],
    }),
    mandateIds: t.idList({
      description: 'Ids of mandates that continue with the changed data, or that the change cancelled.',
      resolve: ({ mandateIds }) => [...mandateIds],
    }),
    untouchedMandateIds: t.idList({
      description: 'Ids of open mandates that the change does not affect.',
      resolve: ({ untouchedMandateIds }) => [...untouchedMandateIds],
    }),
    truncated: t.exposeBoolean('truncated', {
      description: 'Whether a list was cut off because more objects are affected.',
    }),
  }),
});
