import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { dateAfter } from '../format.ts';
import type { OutcomesQuery, OutcomesQueryVariables } from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { Part } from '../parts/part.tsx';
import type { Session } from '../session.ts';
import { useQuery } from '../use-query.ts';

const OutcomeStats = operation<OutcomesQuery, OutcomesQueryVariables>(/* GraphQL */ `
  query Outcomes($from: Date!, $to: Date!) {
    transactionStats(groupBy: [DAY, STATUS], filter: { actionDate: { gte: $from, lte: $to } }) {
      keys { group value }
      count
    }
  }
`);

const DAYS = 30;
const HEIGHT = 180;
const SERIES = [
  { label: 'Paid', statuses: ['PAID'], colour: '#1a7f4b' },
  { label: 'Unpaid', statuses: ['UNPAID', 'DECLINED', 'REJECTED_BY_BANK', 'REJECTED_BY_API'], colour: '#c2410c' },
  { label: 'Disputed', statuses: ['DISPUTED', 'REVERSED', 'CHARGEBACK'], colour: '#7c3aed' },
];

/** Chart of the outcomes of the last days, with a summary in words. */
export function Outcomes({ session, now }: { session: Session; now: string }) {
  const from = dateAfter(now, 1 - DAYS);
  const result = useQuery(session, OutcomeStats, { from, to: dateAfter(now, 0) });
  return (
    <Part
      title={`Outcomes of ${DAYS} days`}
      field="transactionStats"
      result={result}
      isEmpty={({ transactionStats }) => transactionStats.length === 0}
      empty={`Nothing was collected in the last ${DAYS} days.`}
    >
      {({ transactionStats }) => <Chart data={seriesOf(transactionStats, now)} />}
    </Part>
  );
}

/** Times of the days in seconds, and for each series its count by day. */
function seriesOf(rows: OutcomesQuery['transactionStats'], now: string): number[][] {
  const days = Array.from({ length: DAYS }, (_, index) => dateAfter(now, index + 1 - DAYS));
  const partOf = (row: (typeof rows)[number], group: string) =>
    row.keys.find((key) => key.group === group)?.value ?? '';
  const countsOf = (statuses: readonly string[]): number[] =>
    days.map((day) =>
      rows
        .filter((row) => partOf(row, 'DAY') === day && statuses.includes(partOf(row, 'STATUS')))
        .reduce((sum, row) => sum + row.count, 0),
    );
  return [days.map((day) => Date.parse(day) / 1_000), ...SERIES.map(({ statuses }) => countsOf(statuses))];
}

function Chart({ data }: { data: number[][] }) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  useEffect(() => {
    if (!place.current) return;
    const series = SERIES.map(({ label, colour }) => ({ label, stroke: colour, width: 2 }));
    const options = { width: place.current.clientWidth, height: HEIGHT, series: [{}, ...series] };
    const made = new uPlot(options, data as uPlot.AlignedData, place.current);
    const resized = new ResizeObserver(([entry]) =>
      made.setSize({ width: entry?.contentRect.width ?? 0, height: HEIGHT }),
    );
    resized.observe(place.current);
    chart.current = made;
    return () => {
      resized.disconnect();
      made.destroy();
    };
  }, []);
  useEffect(() => chart.current?.setData(data as uPlot.AlignedData), [data]);
  const sums = SERIES.map(({ label }, index) => `${label.toLowerCase()} ${sum(data[index + 1] ?? [])}`);
  return (
    <figure>
      <div ref={place} aria-hidden="true" />
      <figcaption class="quiet">
        In {DAYS} days: {sums.join(', ')}.
      </figcaption>
    </figure>
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
