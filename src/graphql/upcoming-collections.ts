import { addDays, type CivilDate, civilDateOf, parseCivilDate } from '../domain/dates.ts';
import { groupBy } from '../domain/group-by.ts';
import { UPCOMING_DAYS_MAX, type Upcoming } from '../domain/payment/upcoming.ts';
import { SINGULAR_MAX, upcomingCollections } from '../services/collections/upcoming-collections.ts';
import { queryable } from '../store/connection/database.ts';
import { builder, scoped } from './builder.ts';
import { callerOf } from './context.ts';
import { describe } from './enums/describe.ts';
import { requestError } from './pipeline/request-error.ts';
import { refuseGroups } from './refuse-groups.ts';

/** Value of each property by which a forecast can be grouped. */
const GROUPS = {
  DAY: ({ day }: Upcoming) => day as string,
  NOMINAL_DAY: ({ nominalDay }: Upcoming) => nominalDay as string,
  METHOD: ({ methodId }: Upcoming) => methodId,
  STATUS: ({ status }: Upcoming) => status as string,
} as const;
type Group = keyof typeof GROUPS;

const UpcomingGroupRef = builder.enumType('UpcomingGroup', {
  description: 'Property by which upcoming collections are grouped.',
  values: describe({
    DAY: 'Action date of the collection.',
    NOMINAL_DAY: 'Agreed date of the collection, before weekends and holidays moved it; of a retry, its action date.',
    METHOD: 'Unique identifier of the payment method.',
    STATUS:
      'Status of the payment: PENDING until its mandate is approved, PAUSED if it must resume first; a debit at the bank counts also if its payment has ended since.',
  } satisfies Record<Group, string>),
});

interface Row {
  readonly groups: readonly Group[];
  readonly parts: readonly Upcoming[];
}

const UpcomingKeyRef = builder.objectRef<{ group: Group; value: string }>('UpcomingKey').implement({
  description: 'A property shared by all collections of a row.',
  fields: (t) => ({
    group: t.expose('group', { type: UpcomingGroupRef, description: 'Property by which the rows are grouped.' }),
    value: t.exposeString('value', { description: 'Value of the property.' }),
  }),
});

const UpcomingRowRef = builder.objectRef<Row>('UpcomingRow').implement({
  description: 'Upcoming collections of one group, with their number and total amount.',
  fields: (t) => ({
    keys: t.field({
      type: [UpcomingKeyRef],
      description: 'Properties of the row, in the order of `groupBy`.',
      resolve: ({ groups, parts: [part] }) =>
        part ? groups.map((group) => ({ group, value: GROUPS[group](part) })) : [],
    }),
    count: t.int({
      description: 'Number of collections in the row.',
      resolve: ({ parts }) => parts.reduce((sum, { count }) => sum + count, 0),
    }),
    amount: t.field({
      type: 'Money',
      description: 'Sum of the amounts of the collections, in rand.',
      resolve: ({ parts }) => parts.reduce((sum, { amountCents }) => sum + amountCents, 0n),
    }),
    movedCount: t.int({
      description:
        'Number of collections whose action date differs from the agreed one, because of weekends and holidays.',
      resolve: ({ parts }) =>
        parts.reduce((sum, { day, nominalDay, count }) => sum + (day === nominalDay ? 0 : count), 0),
    }),
  }),
});

builder.queryField('upcomingCollections', (t) =>
  t.field({
    type: [UpcomingRowRef],
    description:
      'Forecasts what all payments of the merchant will collect, using the rules of previewSchedule: debits without a final result, and planned ones. Later returns and retries, and pay-ins, are not forecast. Rows are in the order of their keys.',
    args: {
      from: t.arg({ type: 'Date', required: true, description: 'First action date (civil date in Johannesburg).' }),
      to: t.arg({
        type: 'Date',
        required: true,
        description: `Last action date (civil date in Johannesburg), at most ${UPCOMING_DAYS_MAX} days after the first and after today.`,
      }),
      groupBy: t.arg({
        type: [UpcomingGroupRef],
        required: true,
        description: `Properties to group by, 1–${Object.keys(GROUPS).length}, each at most once.`,
      }),
    },
    ...scoped('read'),
    resolve: async (_root, { groupBy: groups, ...dates }, context): Promise<Row[]> => {
      const now = await context.loaders.now();
      const period = readPeriod(dates, civilDateOf(now));
      refuseGroups(groups, Object.keys(GROUPS).length);
      const { merchantId } = callerOf(context);
      const parts = await upcomingCollections(queryable(context.app.database), merchantId, now, period);
      if (parts === null) {
        const message = `More than ${SINGULAR_MAX} payments change their amount within the period. Choose an earlier end.`;
        throw requestError('QUERY_TOO_COSTLY', message, [['to']]);
      }
      const keyOf = (part: Upcoming) => groups.map((group) => GROUPS[group](part)).join(' ');
      const rows = [...groupBy(parts, keyOf)].sort(([a], [b]) => (a < b ? -1 : 1));
      return rows.map(([, found]) => ({ groups, parts: found }));
    },
  }),
);

function readPeriod({ from: first, to: last }: { from: unknown; to: unknown }, today: CivilDate) {
  const from = parseCivilDate(String(first));
  const to = parseCivilDate(String(last));
  if (!from || !to) throw requestError('BAD_REQUEST', 'Use valid dates in the format YYYY-MM-DD.', [['from'], ['to']]);
  if (to < from || to > addDays(from, UPCOMING_DAYS_MAX) || to > addDays(today, UPCOMING_DAYS_MAX)) {
    const message = `The last day must be on or after the first, and at most ${UPCOMING_DAYS_MAX} days after it and after today.`;
    throw requestError('BAD_REQUEST', message, [['to']]);
  }
  return { from, to };
}
