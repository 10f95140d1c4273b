import { WARNING_CODES, type Warning } from '../../domain/warnings.ts';
import { builder } from '../builder.ts';
import { describe } from '../enums/describe.ts';

const WarningCodeRef = builder.enumType('WarningCode', {
  description: 'Stable, machine-readable code of a warning.',
  values: describe(WARNING_CODES),
});

export const WarningRef = builder.objectRef<Warning>('Warning').implement({
  description: 'An issue to review that did not prevent the change.',
  fields: (t) => ({
    code: t.expose('code', { description: 'Stable code for programs.', type: WarningCodeRef }),
    message: t.exposeString('message', { description: 'Human-readable explanation, in English. Do not parse it.' }),
    path: t.stringList({
      description: 'Path of the value in the input, for example ["records", "3", "taxNumber"].',
      resolve: ({ path }) => [...path],
    }),
    ids: t.idList({ description: 'Ids of the objects that the warning concerns.', resolve: ({ ids }) => [...ids] }),
    lostDate: t.field({
      type: 'Date',
      nullable: true,
      description:
        'Nominal date of the skipped collection (civil date in Johannesburg); null unless the code is CYCLE_SKIPPED.',
      resolve: ({ skipped }) => skipped?.lostDate ?? null,
    }),
    nextDate: t.field({
      type: 'Date',
      nullable: true,
      description:
        'Nominal date of the next collection (civil date in Johannesburg); null when none follows, or the code is not CYCLE_SKIPPED.',
      resolve: ({ skipped }) => skipped?.nextDate ?? null,
    }),
    reason: t.string({
      nullable: true,
      description: 'Reason why the collection is skipped; null unless the code is CYCLE_SKIPPED.',
      resolve: ({ skipped }) => skipped?.reason ?? null,
    }),
  }),
});
