import { PAYMENTS, type Reading, TRANSACTIONS } from '../store/reading/description.ts';
import { type Counted, countByGroups, STATS_GROUPS, STATS_ROWS_MAX, type StatsGroup } from '../store/stats.ts';
import { builder, scoped } from './builder.ts';
import { callerOf } from './context.ts';
import { describe } from './enums/describe.ts';
import { filterInput } from './lists/filter.ts';
import { filterWhere } from './lists/page.ts';
import { requestError } from './pipeline/request-error.ts';

const StatsGroupRef = builder.enumType('StatsGroup', {
  description: 'What counts are grouped by.',
  values: describe({
    STATUS: 'The status; of payments REVERSED for those COMPLETED whose outcome that is, which COMPLETED leaves out.',
    OUTCOME: 'The outcome of a payment: REVERSED, or null. null for every transaction.',
    METHOD: 'The id of the payment method.',
    BANK: 'The bank of the account; null where there is none.',
    DAY: 'Of a payment the agreed day of its first collection, of a transaction the day on which it is made.',
    UNPAID_CODE: 'The return code; of a payment that of its last transaction. null where there is none.',
  } satisfies Record<StatsGroup, string>),
});

interface Row {
  readonly groups: readonly StatsGroup[];
  readonly keys: ReadonlyArray<string | null>;
  readonly count: number;
  readonly amountCents: bigint;
}

const StatsKeyRef = builder.objectRef<{ group: StatsGroup; value: string | null }>('StatsKey').implement({
  description: 'What a group has in common.',
  fields: (t) => ({
    group: t.expose('group', { type: StatsGroupRef, description: 'What it is grouped by.' }),
    value: t.exposeString('value', { nullable: true, description: 'The value; null for those that have none.' }),
  }),
});

const StatsRowRef = builder.objectRef<Row>('StatsRow').implement({
  description: 'A group, and what there is in it.',
  fields: (t) => ({
    keys: t.field({
      type: [StatsKeyRef],
      description: 'In the order asked for.',
      resolve: ({ groups, keys }) => groups.map((group, index) => ({ group, value: keys[index] ?? null })),
    }),
    count: t.exposeInt('count', { description: 'How many.' }),
    amount: t.field({
      type: 'Money',
      description: 'Their amounts together.',
      resolve: ({ amountCents }) => amountCents,
    }),
  }),
});

function statsField(name: string, counted: Counted, reading: Reading, description: string): void {
  builder.queryField(name, (t) =>
    t.field({
      type: [StatsRowRef],
      description: `${description} The greatest groups first, at most ${STATS_ROWS_MAX.toLocaleString('en')}.`,
      args: {
        filter: t.arg({ type: filterInput(reading), description: 'Which of them; all, when absent.' }),
        groupBy: t.arg({
          type: [StatsGroupRef],
          required: true,
          description: `1 to ${STATS_GROUPS.length} things, each once.`,
        }),
      },
      ...scoped('read'),
      resolve: async (_root, { filter, groupBy }, context) => {
        if (groupBy.length === 0 || new Set(groupBy).size < groupBy.length) {
          throw requestError('BAD_REQUEST', `1 to ${STATS_GROUPS.length} things, each once.`, [['groupBy']]);
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
  'How many payments there are, and what they collect each time, by groups.',
);
statsField(
  'transactionStats',
  'transaction',
  TRANSACTIONS,
  'How many transactions there are, and what they come to, by groups.',
);
