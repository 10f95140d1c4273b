import type { Signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
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
}: {
  rows: readonly Row[];
  columns: ReadonlyArray<Column<Row>>;
  label: string;
  keyOf: (row: Row) => string;
  addressOf?: (row: Row) => string | null;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section class="scroll" aria-label={label} tabIndex={0}>
      <table>
        <Head label={label} columns={columns} />
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              <Cells row={row} columns={columns} address={addressOf?.(row) ?? null} />
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Caption and titles of a table. */
export function Head<Row>({ label, columns }: { label: string; columns: ReadonlyArray<Column<Row>> }) {
  return (
    <>
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
    </>
  );
}

/** Cells of a row, the first of which opens its object. */
export function Cells<Row>({
  row,
  columns,
  address,
}: {
  row: Row;
  columns: ReadonlyArray<Column<Row>>;
  address: string | null;
}) {
  return (
    <>
      {columns.map(({ title, isNumber, cell }, index) => (
        <td key={title} class={isNumber ? 'number' : undefined}>
          {index === 0 ? <Opening address={address}>{cell(row)}</Opening> : cell(row)}
        </td>
      ))}
    </>
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

/** A box that selects an object among many, by its id and name. */
export function Choice({
  id,
  name,
  selected,
}: {
  id: string;
  name: string;
  selected: Signal<ReadonlyMap<string, string>>;
}) {
  const change = (event: Event): void => {
    const next = new Map(selected.value);
    if ((event.currentTarget as HTMLInputElement).checked) next.set(id, name);
    else next.delete(id);
    selected.value = next;
  };
  return <input type="checkbox" aria-label={`Select ${name}`} checked={selected.value.has(id)} onChange={change} />;
}
