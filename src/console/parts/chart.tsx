import { useEffect, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import script from 'uplot/dist/uPlot.iife.min.js';

const HEIGHT = 180;

/** A line of a chart. */
export interface Line {
  readonly label: string;
  readonly colour: string;
  readonly values: readonly number[];
}

/** A line chart. Its summary in words is for screen readers and for readers who cannot distinguish the colours. */
export function Chart({
  labels,
  lines,
  summary,
}: {
  labels: readonly string[];
  lines: readonly Line[];
  summary: string;
}) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const shown = useRef(labels);
  shown.current = labels;
  const data = [labels.map((_, index) => index), ...lines.map(({ values }) => values)] as uPlot.AlignedData;
  const latest = useRef(data);
  latest.current = data;
  // Made once; later data is given to it. The library is loaded with the first chart.
  useEffect(() => {
    let dispose = (): void => {};
    let isGone = false;
    void loadPlot().then((Plot) => {
      if (isGone || !place.current) return;
      chart.current = plot(Plot, place.current, latest.current, lines, (at) => shown.current[at] ?? '');
      dispose = keepWidth(chart.current, place.current);
    });
    return () => {
      isGone = true;
      dispose();
    };
  }, []);
  useEffect(() => chart.current?.setData(data), [data]);
  return (
    <figure>
      <div ref={place} aria-hidden="true" />
      <figcaption class="quiet">{summary}</figcaption>
    </figure>
  );
}

let loading: Promise<typeof uPlot> | undefined;

/** Loads uPlot as its authors minified it: a script, a kilobyte smaller than what a bundler makes of its module. */
function loadPlot(): Promise<typeof uPlot> {
  loading ??= new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement('script'), { src: script });
    element.onload = () => resolve((globalThis as unknown as { uPlot: typeof uPlot }).uPlot);
    element.onerror = reject;
    document.head.append(element);
  });
  return loading;
}

function plot(
  Plot: typeof uPlot,
  place: HTMLElement,
  data: uPlot.AlignedData,
  lines: readonly Line[],
  labelAt: (at: number) => string,
): uPlot {
  return new Plot(
    {
      width: place.clientWidth,
      height: HEIGHT,
      scales: { x: { time: false } },
      axes: [{ values: (_, splits) => splits.map(labelAt) }, {}],
      series: [
        { label: 'At', value: (_, at) => labelAt(at ?? -1) },
        ...lines.map(({ label, colour }) => ({ label, stroke: colour, width: 2 })),
      ],
    },
    data,
    place,
  );
}

/** Keeps a chart as wide as its place, until the returned function removes it. */
function keepWidth(made: uPlot, place: HTMLElement): () => void {
  const resized = new ResizeObserver(([entry]) =>
    made.setSize({ width: entry?.contentRect.width ?? 0, height: HEIGHT }),
  );
  resized.observe(place);
  return () => {
    resized.disconnect();
    made.destroy();
  };
}
