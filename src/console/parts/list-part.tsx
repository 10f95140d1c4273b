import type { ComponentChildren } from 'preact';
import type { Pages } from '../use-pages.ts';
import { List } from './list.tsx';
import { Part } from './part.tsx';
import type { Column } from './table.tsx';

/** A part of a screen that is a list of any length. */
export function ListPart<Row>({
  title,
  field,
  pages,
  empty,
  columns,
  keyOf,
  addressOf,
  children,
}: {
  title: string;
  field: string;
  pages: Pages<Row>;
  empty: string;
  columns: ReadonlyArray<Column<Row>>;
  keyOf: (row: Row) => string;
  addressOf?: ((row: Row) => string | null) | undefined;
  /** What stands above the list. */
  children?: ((rows: readonly Row[]) => ComponentChildren) | undefined;
}) {
  return (
    <Part title={title} field={field} result={pages} isEmpty={({ total }) => total === 0} empty={empty}>
      {({ rows }) => (
        <>
          {children?.(rows)}
          <List pages={pages} label={title} columns={columns} keyOf={keyOf} addressOf={addressOf} />
        </>
      )}
    </Part>
  );
}
