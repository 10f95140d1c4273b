import type { Measurement } from './measure.ts';

const HEADER = [
  'workload',
  'server',
  'CPU ÷ ceiling',
  'range',
  'server µs',
  'PostgreSQL µs',
  'p50 ms',
  'p99 ms',
  'requests/s',
  'other load',
];
/** These columns are texts, the others numbers. */
const TEXT_COLUMNS = 2;

/**
 * Returns a table of medians over the rounds. `CPU ÷ ceiling` is what server and PostgreSQL spend on a request,
 * compared to the ceiling in the same round; `other load` is how many processors other programs kept busy.
 */
export function tableOf(measurements: readonly Measurement[]): string {
  const names = new Set(measurements.map(({ workload, server }) => `${workload} ${server}`));
  const rows = [...names].map((name) => {
    const group = measurements.filter(({ workload, server }) => `${workload} ${server}` === name);
    return rowOf(group, measurements);
  });
  return layOut([HEADER, ...rows]);
}

function rowOf(group: readonly Measurement[], all: readonly Measurement[]): string[] {
  const ratios = group.map((one) => cpuOf(one) / cpuOf(ceilingOf(one, all)));
  const middle = (of: (measurement: Measurement) => number | null): string => figure(median(group.map(of)));
  const range = ratios.length > 1 ? `${figure(Math.min(...ratios))}–${figure(Math.max(...ratios))}` : '';
  return [
    group[0]?.workload ?? '',
    group[0]?.server ?? '',
    figure(median(ratios)),
    range,
    middle(({ serverUs }) => serverUs),
    middle(({ postgresUs }) => postgresUs),
    middle(({ p50Ms }) => p50Ms),
    middle(({ p99Ms }) => p99Ms),
    middle(({ perSecond }) => perSecond),
    middle(({ otherLoad }) => otherLoad),
  ];
}

const cpuOf = (measurement: Measurement | undefined): number =>
  measurement ? measurement.serverUs + measurement.postgresUs : Number.NaN;

function ceilingOf({ workload, round }: Measurement, all: readonly Measurement[]): Measurement | undefined {
  return all.find((one) => one.server === 'ceiling' && one.workload === workload && one.round === round);
}

function median(values: ReadonlyArray<number | null>): number {
  const sorted = values
    .filter((value) => value !== null)
    .filter(Number.isFinite)
    .sort((one, other) => one - other);
  const upper = sorted[sorted.length >> 1] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[(sorted.length >> 1) - 1] ?? Number.NaN) + upper) / 2;
}

function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

function layOut(rows: readonly string[][]): string {
  const widths = HEADER.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column < TEXT_COLUMNS ? cell.padEnd(width) : cell.padStart(width);
    }),
  );
  return lines.map((cells) => cells.join('  ').trimEnd()).join('\n');
}
