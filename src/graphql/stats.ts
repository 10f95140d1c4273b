import { PAYMENTS, TRANSACTIONS } from '../store/reading/description.ts';
import type { Reading } from '../store/reading/reading.ts';
import { type Counted, countByGroups, STATS_GROUPS, STATS_ROWS_MAX, type StatsGroup } from '../store/stats.ts';
import { builder, scoped } from './builder.ts';
import { callerOf } from './context.ts';
import { describe } from './enums/describe.ts';
import { filterInput } from './lists/filter.ts';
import { filterWhere } from './lists/page.ts';
import { requestError } from './pipeline/request-error.ts';

const StatsGroupRef = builder.enumType('StatsGroup', {
  description: 'Property by which statistics are grouped.',
  values: describe({
    STATUS: 'Status of the object. A COMPLETED payment with the outcome REVERSED is counted as REVERSED instead.',
    OUTCOME: 'Outcome of a payment: REVERSED or null. null for every transaction.',
    METHOD: 'Unique identifier of the payment method.',
    BANK: 'Bank of the debited account; null if there is none.',
    DAY: 'Nominal date of the first collection of a payment; action date of a transaction.',
    HOUR: 'Hour of the day in Johannesburg, "00" to "23", in which a payment was created, or a transaction reached its status.',
    UNPAID_CODE: 'Return code of a transaction, or of the last transaction of a payment; null if there is none.',
  } satisfies Record<StatsGroup, string>),
});

interface StatsRowObject {
  readonly groups: readonly StatsGroup[];
  readonly keys: ReadonlyArray<string | null>;
  readonly count: number;
  readonly amountCents: bigint;
}

const StatsKeyRef = builder.objectRef<{ group: StatsGroup; value: string | null }>('StatsKey').implement({
  description: 'A property shared by all objects of a group.',
  fields: (t) => ({
    group: t.expose('group', { type: StatsGroupRef, description: 'Property by which the objects are grouped.' }),
    value: t.exposeString('value', {
      nullable: true,
      description: 'Value of the property; null for objects without one.',
    }),
  }),
});

const StatsRowRef = builder.objectRef<StatsRowObject>('StatsRow').implement({
  description: 'A group of objects with their number and total amount.',
  fields: (t) => ({
    keys: t.field({
      type: [StatsKeyRef],
      description: 'Properties of the group, in the order of `groupBy`.',
      resolve: ({ groups, keys }) => groups.map((group, index) => ({ group, value: keys[index] ?? null })),
    }),
    count: t.exposeInt('count', { description: 'Number of objects in the group.' }),
    amount: t.field({
      type: 'Money',
      description: 'Sum of the amounts of the objects, in rand.',
      resolve: ({ amountCents }) => amountCents,
    }),
  }),
});

function statsField(name: string, counted: Counted, reading: Reading, description: string): void {
  builder.queryField(name, (t) =>
    t.field({
      type: [StatsRowRef],
      description: `${description} Returns the groups with the most objects first, at most ${STATS_ROWS_MAX.toLocaleString('en')}.`,
      args: {
        filter: t.arg({ type: filterInput(reading), description: 'Restricts the objects counted; all if absent.' }),
        groupBy: t.arg({
          type: [StatsGroupRef],
          required: true,
          description: `Properties to group by, 1–${STATS_GROUPS.length}, each at most once.`,
        }),
      },
      ...scoped('read'),
      resolve: async (_root, { filter, groupBy }, context) => {
        if (groupBy.length === 0 || new Set(groupBy).size < groupBy.length) {
          throw requestError(
            'BAD_REQUEST',
            `groupBy must have 1 to ${STATS_GROUPS.length} values, each at most once.`,
            [['groupBy']],
          );
        }
        const where = filterWhere({ filter: filter as never }, reading, context);
        const { database } = context.app;
        const rows = await countByGroups(database, callerOf(context).merchantId, counted, where, groupBy);
        return rows.map((row) => ({ ...row, groups: groupBy }));
      },
    }),
  );
}

statsField(
  'paymentStats',
  'payment',
  PAYMENTS,
  'Counts payments by group and sums the amount that each collects per collection.',
);
statsField('transactionStats', 'transaction', TRANSACTIONS, 'Counts transactions by group and sums their amounts.');
