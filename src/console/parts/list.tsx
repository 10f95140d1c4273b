import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Pages } from '../use-pages.ts';
import { Cells, type Column, Head } from './table.tsx';

/** Height of a row in pixels, as the style sheet has it: rows of a list are of one line. */
const ROW_PX = 36;
/** Rows kept beyond those that are seen, on either side. */
const MARGIN = 12;

/** A list of any length: only the rows that are seen are in the page, and they are read as it is scrolled. */
export function List<Row>({
  pages,
  columns,
  label,
  keyOf,
  addressOf,
}: {
  pages: Pages<Row>;
  columns: ReadonlyArray<Column<Row>>;
  label: string;
  keyOf: (row: Row) => string;
  addressOf?: ((row: Row) => string | null) | undefined;
}) {
  const place = useRef<HTMLElement>(null);
  const [first, setFirst] = useState(0);
  const [height, setHeight] = useState(0);
  const { rows, total, isExact } = pages.data ?? { rows: [], total: 0, isExact: true };
  const seen = Math.ceil(height / ROW_PX) + 2 * MARGIN;
  const from = Math.min(first, Math.max(rows.length - 1, 0));
  const to = Math.min(from + seen, rows.length);
  const scroll = (): void => {
    const top = Math.floor((place.current?.scrollTop ?? 0) / ROW_PX);
    setFirst(Math.max(top - MARGIN, 0));
  };
  useEffect(() => {
    const resized = new ResizeObserver(() => setHeight(place.current?.clientHeight ?? 0));
    if (place.current) resized.observe(place.current);
    return () => resized.disconnect();
  }, []);
  useLayoutEffect(() => pages.see(from, from + seen), [from, seen, rows.length]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section class="scroll list" aria-label={label} tabIndex={0} ref={place} onScroll={scroll}>
      <table aria-rowcount={isExact ? total + 1 : -1}>
        <Head label={label} columns={columns} />
        <tbody>
          <Gap rows={from} />
          {rows.slice(from, to).map((row, index) => (
            <tr key={keyOf(row)} aria-rowindex={from + index + 2}>
              <Cells row={row} columns={columns} address={addressOf?.(row) ?? null} />
            </tr>
          ))}
          <Gap rows={total - to} />
        </tbody>
      </table>
    </section>
  );
}

/** Stands for rows that are not in the page. */
function Gap({ rows }: { rows: number }) {
  return rows > 0 ? <tr style={{ height: `${rows * ROW_PX}px` }} /> : null;
}
