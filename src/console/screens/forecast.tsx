import { count, dateAfter, day, money } from '../format.ts';
import type { ForecastQuery, ForecastQueryVariables } from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { Choose } from '../parts/filters.tsx';
import { Part } from '../parts/part.tsx';
import { Table } from '../parts/table.tsx';
import { place } from '../place.ts';
import type { ScreenProps } from '../screen-props.ts';
import { sumOf } from '../sums.ts';
import { useQuery } from '../use-query.ts';

const Upcoming = operation<ForecastQuery, ForecastQueryVariables>(/* GraphQL */ `
  query Forecast($from: Date!, $to: Date!, $year: Int!, $nextYear: Int!) {
    upcomingCollections(from: $from, to: $to, groupBy: [DAY, METHOD, NOMINAL_DAY]) {
      keys { value }
      count
      amount
    }
    merchant {
      holidays(year: $year) { date name }
      nextHolidays: holidays(year: $nextYear) { date name }
    }
    paymentMethods(first: 200) { nodes { id name } }
  }
`);

const DAYS = 30;
/** Minimum interval between two readings, in milliseconds. */
const EVERY_MS = 5_000;

/** Collections of one day and method, with those that were agreed for other days. */
interface Row {
  readonly day: string;
  readonly method: string;
  readonly count: number;
  readonly amount: string;
  readonly moved: ReadonlyArray<{ readonly from: string; readonly count: number }>;
}

/** What will be collected in the coming days, and from which days and why it was moved. */
export function Forecast({ session, now }: ScreenProps) {
  const from = dateAfter(now, 0);
  const year = Number(from.slice(0, 4));
  const variables = { from, to: dateAfter(now, DAYS), year, nextYear: year + 1 };
  const result = useQuery(session, Upcoming, variables, EVERY_MS);
  const methods = result.data?.paymentMethods.nodes ?? [];
  const nameOfMethod = (id: string): string => methods.find((method) => method.id === id)?.name ?? id;
  const { method } = place.value.filters;
  return (
    <>
      <h1>Forecast</h1>
      <div class="actions">
        <Choose name="method" label="Method" options={methods.map(({ id }) => id)} titleOf={nameOfMethod} />
      </div>
      <Part
        title={`The next ${DAYS} days`}
        field="upcomingCollections"
        result={result}
        isEmpty={({ upcomingCollections }) => upcomingCollections.length === 0}
        empty={`Nothing will be collected in the next ${DAYS} days.`}
      >
        {({ upcomingCollections, merchant }) => {
          const holidays = new Map(
            [...merchant.holidays, ...merchant.nextHolidays].map(({ date, name }) => [date, name]),
          );
          return (
            <Table
              label="Collections by day and method"
              rows={rowsOf(upcomingCollections).filter((row) => !method || row.method === method)}
              keyOf={(row) => `${row.day} ${row.method}`}
              columns={[
                { title: 'Action date', cell: (row) => day(row.day) },
                { title: 'Method', cell: (row) => nameOfMethod(row.method) },
                {
                  title: 'Moved here',
                  cell: ({ moved }) =>
                    moved
                      .map(({ from: date, count: debits }) => `${count(debits)} from ${reasonOf(date, holidays)}`)
                      .join(', '),
                },
                { title: 'Debits', isNumber: true, cell: (row) => count(row.count) },
                { title: 'Amount', isNumber: true, cell: ({ amount }) => money(amount) },
              ]}
            />
          );
        }}
      </Part>
    </>
  );
}

/** Joins the rows of one day and method, which are apart by agreed day. Rows are in the order of their days. */
function rowsOf(rows: ForecastQuery['upcomingCollections']): Row[] {
  const groups = new Map<string, typeof rows>();
  for (const row of rows) {
    const key = `${row.keys[0]?.value} ${row.keys[1]?.value}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((group) => {
    const [on = '', method = ''] = group[0]?.keys.map(({ value }) => value) ?? [];
    const moved = group.map(({ keys, count: debits }) => ({ from: keys[2]?.value ?? '', count: debits }));
    return { day: on, method, ...sumOf(group), moved: moved.filter(({ from }) => from !== on) };
  });
}

/** A day from which collections were moved, and why: it is a public holiday, or at the weekend. */
function reasonOf(date: string, holidays: ReadonlyMap<string, string>): string {
  const reason = holidays.get(date) ?? { 0: 'Sunday', 6: 'Saturday' }[new Date(date).getUTCDay()];
  return `${day(date)}${reason ? ` (${reason})` : ''}`;
}
