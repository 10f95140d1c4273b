import type { Signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { count } from '../format.ts';
import { follow } from '../place.ts';

/** A column of a table. */
export interface Column<Row> {
  readonly title: string;
  /** Amounts and counts are aligned right. */
  readonly isNumber?: boolean;
  readonly cell: (row: Row) => ComponentChildren;
}

/** A table whose rows open objects: by click, by Enter, and by j and k from row to row. */
export function Table<Row>({
  rows,
  columns,
  label,
  keyOf,
  addressOf,
  total = rows.length,
}: {
  rows: readonly Row[];
  columns: ReadonlyArray<Column<Row>>;
  label: string;
  keyOf: (row: Row) => string;
  addressOf?: (row: Row) => string | null;
  /** Number of all rows, where only the first are listed. */
  total?: number;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section class="scroll" aria-label={label} tabIndex={0}>
      <table>
        <caption class="hidden">{label}</caption>
        <thead>
          <tr>
            {columns.map(({ title, isNumber }) => (
              <th key={title} scope="col" class={isNumber ? 'number' : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ title, isNumber, cell }, index) => (
                <td key={title} class={isNumber ? 'number' : undefined}>
                  {index === 0 ? <Opening address={addressOf?.(row) ?? null}>{cell(row)}</Opening> : cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {total > rows.length && (
        <p class="quiet">
          The first {count(rows.length)} of {count(total)}.
        </p>
      )}
    </section>
  );
}

function Opening({ address, children }: { address: string | null; children: ComponentChildren }) {
  if (!address) return <>{children}</>;
  return (
    <a class="row" href={address} onClick={follow}>
      {children}
    </a>
  );
}

/** A box that selects an object among many. */
export function Choice({ id, label, selected }: { id: string; label: string; selected: Signal<ReadonlySet<string>> }) {
  const change = (event: Event): void => {
    const others = [...selected.value].filter((other) => other !== id);
    selected.value = new Set((event.currentTarget as HTMLInputElement).checked ? [...others, id] : others);
  };
  return <input type="checkbox" aria-label={label} checked={selected.value.has(id)} onChange={change} />;
}
