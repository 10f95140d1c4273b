import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';

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
  // Made once; later data is given to it.
  useEffect(() => {
    if (!place.current) return;
    const labelAt = (at: number): string => shown.current[at] ?? '';
    const made = new uPlot(
      {
        width: place.current.clientWidth,
        height: HEIGHT,
        scales: { x: { time: false } },
        axes: [{ values: (_, splits) => splits.map(labelAt) }, {}],
        series: [
          { value: (_, at) => labelAt(at ?? -1) },
          ...lines.map(({ label, colour }) => ({ label, stroke: colour, width: 2 })),
        ],
      },
      data,
      place.current,
    );
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
  useEffect(() => chart.current?.setData(data), [data]);
  return (
    <figure>
      <div ref={place} aria-hidden="true" />
      <figcaption class="quiet">{summary}</figcaption>
    </figure>
  );
}
