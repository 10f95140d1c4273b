import { adviceOn, meaningOf } from '../domain/unpaid-codes.ts';
import type { StateItem } from '../event-log/item.ts';
import type { EventConditions } from '../store/events/event-conditions.ts';
import { PAYMENTS, TRANSACTIONS } from '../store/reading/description.ts';
import type { Reading } from '../store/reading/reading.ts';
import { type Counted, countByGroups, STATS_GROUPS, STATS_ROWS_MAX, type StatsGroup } from '../store/stats.ts';
import { builder, scoped } from './builder.ts';
import { type Context, callerOf } from './context.ts';
import { describe } from './enums/describe.ts';
import { AFTER, selectEvents } from './events/subscription.ts';
import type { pageArguments } from './lists/connection.ts';
import { filterInput } from './lists/filter.ts';
import { filterWhere } from './lists/page.ts';
import { requestError } from './pipeline/request-error.ts';
import { refuseGroups } from './refuse-groups.ts';

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

/** Builder of the arguments of a field. */
type ArgBuilder = Parameters<typeof pageArguments>[0];

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
    meaning: t.string({
      nullable: true,
      description: 'Meaning of a return code; null for an unknown one, and for other properties.',
      resolve: ({ group, value }) => (group === 'UNPAID_CODE' ? meaningOf(value) : null),
    }),
    advice: t.string({
      nullable: true,
      description: 'Human-readable advice on a return code; null for an unknown one, and for other properties.',
      resolve: ({ group, value }) => (group === 'UNPAID_CODE' ? adviceOn(value) : null),
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

/** An entity whose objects are counted. */
interface Counting {
  readonly counted: Counted;
  readonly reading: Reading;
  readonly description: string;
}

interface StatsArgs {
  readonly filter?: unknown;
  readonly groupBy: readonly StatsGroup[];
}

async function countRows({ counted, reading }: Counting, { filter, groupBy }: StatsArgs, context: Context) {
  const where = filterWhere({ filter: filter as never }, reading, context);
  const { database } = context.app;
  const rows = await countByGroups(database, callerOf(context).merchantId, counted, where, groupBy);
  return rows.map((row) => ({ ...row, groups: groupBy }));
}

function statsArgs(arg: ArgBuilder, reading: Reading) {
  return {
    filter: arg({ type: filterInput(reading), description: 'Restricts the objects counted; all if absent.' }),
    groupBy: arg({
      type: [StatsGroupRef],
      required: true,
      description: `Properties to group by, 1–${STATS_GROUPS.length}, each at most once.`,
    }),
  };
}

const StatsStateRef = builder
  .objectRef<StateItem & { readonly rows: readonly StatsRowObject[] }>('StatsState')
  .implement({
    description: 'Statistics at a position of the event log.',
    fields: (t) => ({
      cursor: t.exposeString('cursor', {
        description:
          'Stream cursor of this state. A stream shows the current state first, whichever cursor it starts from.',
      }),
      rows: t.field({
        type: [StatsRowRef],
        description: 'All groups, which replace those of the state before.',
        resolve: ({ rows }) => rows,
      }),
    }),
  });

function addStats(counting: Counting): void {
  const { counted, reading, description } = counting;
  builder.queryField(`${counted}Stats`, (t) =>
    t.field({
      type: [StatsRowRef],
      description: `${description} Returns the groups with the most objects first, at most ${STATS_ROWS_MAX.toLocaleString('en')}.`,
      args: statsArgs(t.arg, reading),
      ...scoped('read'),
      resolve: (_root, args, context) => {
        refuseGroups(args.groupBy, STATS_GROUPS.length);
        return countRows(counting, args, context);
      },
    }),
  );
  builder.subscriptionField(`${counted}StatsChanged`, (t) =>
    t.field({
      type: StatsStateRef,
      description: `Delivers the statistics of ${counted}Stats: the current ones first, then all groups again when events may have changed them, at most once a second and once for all who ask the same. Filters by personal numbers are refused.`,
      args: { ...statsArgs(t.arg, reading), after: t.arg.string({ description: AFTER }) },
      ...scoped('read'),
      subscribe: (_root, { after, ...args }, context) => {
        refuseGroups(args.groupBy, STATS_GROUPS.length);
        refuseNumbers(args.filter);
        filterWhere({ filter: args.filter as never }, reading, context);
        return selectEvents(after, changedBy(counting, args), context, { isState: true });
      },
      resolve: async (item, { filter, groupBy }, context) => ({
        ...(item as StateItem),
        rows: await countRows(counting, { filter, groupBy }, context),
      }),
    }),
  );
}

/** Throws BAD_REQUEST for a filter by a personal number: each search is audited and metered for one key, a stream is shared. */
function refuseNumbers(filter: unknown): void {
  if (typeof filter !== 'object' || filter === null) return;
  for (const [name, value] of Object.entries(filter)) {
    if (PERSONAL_NUMBERS.has(name))
      throw requestError('BAD_REQUEST', 'Statistics that change cannot be filtered by a personal number.', [
        ['filter'],
      ]);
    refuseNumbers(value);
  }
}

const PERSONAL_NUMBERS: ReadonlySet<string> = new Set(['accountNumber', 'idNumber', 'taxNumber']);

/** Returns the conditions of events that can change statistics: all events when a filter names other objects. */
function changedBy({ counted, reading }: Counting, { filter, groupBy }: StatsArgs): EventConditions {
  if (namesRelation(filter, reading)) return {};
  const others = groupBy.includes('BANK') ? ['BANK_ACCOUNT'] : [];
  const own =
    counted === 'payment' && groupBy.includes('UNPAID_CODE') ? ['PAYMENT', 'TRANSACTION'] : [counted.toUpperCase()];
  return { aggregateTypes: [...own, ...others] };
}

function namesRelation(filter: unknown, reading: Reading): boolean {
  if (typeof filter !== 'object' || filter === null) return false;
  return Object.entries(filter).some(([name, value]) => name in reading.relations || namesRelation(value, reading));
}

addStats({
  counted: 'payment',
  reading: PAYMENTS,
  description: 'Counts payments by group and sums the amount that each collects per collection.',
});
addStats({
  counted: 'transaction',
  reading: TRANSACTIONS,
  description: 'Counts transactions by group and sums their amounts.',
});
