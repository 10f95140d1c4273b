import { count, dateAfter, day, money } from '../format.ts';
import type { ForecastQuery, ForecastQueryVariables } from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { Part } from '../parts/part.tsx';
import { Table } from '../parts/table.tsx';
import type { ScreenProps } from '../screen-props.ts';
import { useQuery } from '../use-query.ts';

const Upcoming = operation<ForecastQuery, ForecastQueryVariables>(/* GraphQL */ `
  query Forecast($from: Date!, $to: Date!) {
    upcomingCollections(from: $from, to: $to, groupBy: [DAY]) {
      keys { value }
      count
      amount
      movedCount
    }
  }
`);

const DAYS = 30;

/** What will be collected in the coming days. */
export function Forecast({ session, now }: ScreenProps) {
  const result = useQuery(session, Upcoming, { from: dateAfter(now, 0), to: dateAfter(now, DAYS) });
  return (
    <>
      <h1>Forecast</h1>
      <Part
        title={`The next ${DAYS} days`}
        field="upcomingCollections"
        result={result}
        isEmpty={({ upcomingCollections }) => upcomingCollections.length === 0}
        empty={`Nothing will be collected in the next ${DAYS} days.`}
      >
        {({ upcomingCollections }) => (
          <Table
            label="Collections by day"
            rows={upcomingCollections}
            keyOf={({ keys }) => keys[0]?.value ?? ''}
            columns={[
              { title: 'Action date', cell: ({ keys }) => day(keys[0]?.value ?? '') },
              { title: 'Debits', isNumber: true, cell: (row) => count(row.count) },
              { title: 'Moved from a closed day', isNumber: true, cell: ({ movedCount }) => count(movedCount) },
              { title: 'Amount', isNumber: true, cell: ({ amount }) => money(amount) },
            ]}
          />
        )}
      </Part>
    </>
  );
}
