import { WARNING_CODES, type Warning } from '../../domain/warnings.ts';
import { builder } from '../builder.ts';
import { describe } from '../enums/describe.ts';

const WarningCodeRef = builder.enumType('WarningCode', {
  description: 'What is worth a look. For programs, and stable.',
  values: describe(WARNING_CODES),
});

export const WarningRef = builder.objectRef<Warning>('Warning').implement({
  description: 'What is worth a look, though it was done.',
  fields: (t) => ({
    code: t.expose('code', { description: 'For programs.', type: WarningCodeRef }),
    message: t.exposeString('message', { description: 'For people.' }),
    path: t.stringList({
      description: 'Where, from the input: ["records", "3", "taxNumber"].',
      resolve: ({ path }) => [...path],
    }),
    ids: t.idList({ description: 'The objects it is about.', resolve: ({ ids }) => [...ids] }),
    lostDate: t.field({
      type: 'Date',
      nullable: true,
      description: 'With CYCLE_SKIPPED: the agreed day of the collection that is not made.',
      resolve: ({ skipped }) => skipped?.lostDate ?? null,
    }),
    nextDate: t.field({
      type: 'Date',
      nullable: true,
      description: 'With CYCLE_SKIPPED: the agreed day of the next collection; null when none follows.',
      resolve: ({ skipped }) => skipped?.nextDate ?? null,
    }),
    reason: t.string({
      nullable: true,
      description: 'With CYCLE_SKIPPED: why the collection is not made.',
      resolve: ({ skipped }) => skipped?.reason ?? null,
    }),
  }),
});
