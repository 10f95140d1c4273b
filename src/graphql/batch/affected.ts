import { type Affected, NAMED_IDS_MAX } from '../../domain/batch.ts';
import { builder } from '../builder.ts';

export const AffectedRef = builder.objectRef<Affected>('Affected').implement({
  description: `Which other objects a change reaches. Each list names at most ${NAMED_IDS_MAX}.`,
  fields: (t) => ({
    paymentIds: t.idList({
      description: 'Payments that go on with what was changed, or were paused, stopped or run again by it.',
      resolve: ({ paymentIds }) => [...paymentIds],
    }),
    mandateIds: t.idList({
      description: 'Mandates that go on with what was changed, or were cancelled by it.',
      resolve: ({ mandateIds }) => [...mandateIds],
    }),
    untouchedMandateIds: t.idList({
      description: 'Open mandates that the change does not reach.',
      resolve: ({ untouchedMandateIds }) => [...untouchedMandateIds],
    }),
    truncated: t.exposeBoolean('truncated', { description: 'Whether there are more than are named.' }),
  }),
});
