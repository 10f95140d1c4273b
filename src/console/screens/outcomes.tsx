import { count, dateAfter, day, money } from '../format.ts';
import type {
  CollectedQuery,
  CollectedQueryVariables,
  OutcomesQuery,
  OutcomesQueryVariables,
} from '../generated/graphql.ts';
import { operation } from '../operation.ts';
import { Chart } from '../parts/chart.tsx';
import { Part } from '../parts/part.tsx';
import type { Session } from '../session.ts';
import { FAILED, TAKEN_BACK } from '../statuses.ts';
import { sumOf } from '../sums.ts';
import { useQuery } from '../use-query.ts';

const OutcomeStats = operation<OutcomesQuery, OutcomesQueryVariables>(/* GraphQL */ `
  query Outcomes($from: Date!, $to: Date!) {
    transactionStats(groupBy: [DAY, STATUS], filter: { actionDate: { gte: $from, lte: $to } }) {
      keys { group value }
      count
    }
  }
`);

const CollectedStats = operation<CollectedQuery, CollectedQueryVariables>(/* GraphQL */ `
  query Collected($today: Date!) {
    transactionStats(groupBy: [HOUR], filter: { status: { eq: PAID }, statusChangedAt: { gte: $today } }) {
      keys { value }
      count
      amount
    }
  }
`);

const DAYS = 30;
/** Minimum interval between two readings of a chart, in milliseconds. */
const EVERY_MS = 10_000;
const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'));
const SERIES: ReadonlyArray<{ readonly label: string; readonly statuses: readonly string[]; readonly colour: string }> =
  [
    { label: 'Paid', statuses: ['PAID'], colour: '#1a7f4b' },
    { label: 'Unpaid', statuses: FAILED, colour: '#c2410c' },
    { label: 'Disputed', statuses: TAKEN_BACK, colour: '#7c3aed' },
  ];

/** Chart of the outcomes of the last days. */
export function Outcomes({ session, now }: { session: Session; now: string }) {
  const from = dateAfter(now, 1 - DAYS);
  const result = useQuery(session, OutcomeStats, { from, to: dateAfter(now, 0) }, EVERY_MS);
  return (
    <Part
      title={`Outcomes of ${DAYS} days`}
      field="transactionStats"
      result={result}
      isEmpty={({ transactionStats }) => transactionStats.length === 0}
      empty={`Nothing was collected in the last ${DAYS} days.`}
    >
      {({ transactionStats }) => <OutcomeChart rows={transactionStats} now={now} />}
    </Part>
  );
}

function OutcomeChart({ rows, now }: { rows: OutcomesQuery['transactionStats']; now: string }) {
  const days = Array.from({ length: DAYS }, (_, index) => dateAfter(now, index + 1 - DAYS));
  const partOf = (row: (typeof rows)[number], group: string) =>
    row.keys.find((key) => key.group === group)?.value ?? '';
  const countOn = (date: string, statuses: readonly string[]): number =>
    rows
      .filter((row) => partOf(row, 'DAY') === date && statuses.includes(partOf(row, 'STATUS')))
      .reduce((total, row) => total + row.count, 0);
  const lines = SERIES.map(({ label, colour, statuses }) => ({
    label,
    colour,
    values: days.map((date) => countOn(date, statuses)),
  }));
  const sums = lines.map(({ label, values }) => `${label.toLowerCase()} ${count(values.reduce((a, b) => a + b, 0))}`);
  // Without the year, which is the same for nearly all.
  const labels = days.map((date) => day(date).slice(0, -5));
  return <Chart labels={labels} lines={lines} summary={`In ${DAYS} days: ${sums.join(', ')}.`} />;
}

/** Chart of the amounts that were paid today, by hour. */
export function Collected({ session, now }: { session: Session; now: string }) {
  const result = useQuery(session, CollectedStats, { today: dateAfter(now, 0) }, EVERY_MS);
  return (
    <Part
      title="Collected by hour today"
      field="transactionStats"
      result={result}
      isEmpty={({ transactionStats }) => transactionStats.length === 0}
      empty="Nothing was paid today yet."
    >
      {({ transactionStats: rows }) => {
        const values = HOURS.map((hour) => Number(rows.find(({ keys }) => keys[0]?.value === hour)?.amount ?? 0));
        const { amount } = sumOf(rows);
        const labels = HOURS.map((hour) => `${hour}:00`);
        const lines = [{ label: 'Rand', colour: '#1a7f4b', values }];
        return <Chart labels={labels} lines={lines} summary={`Paid today: ${money(amount)}.`} />;
      }}
    </Part>
  );
}
