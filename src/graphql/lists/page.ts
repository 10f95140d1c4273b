import { after, encodePlace, type Ordering, orderByOf, placeOf, reversed, upTo } from '../../store/reading/keyset.ts';
import type { Entity, Row } from '../../store/reading/reader.ts';
import type { Reading } from '../../store/reading/reading.ts';
import { type Where, whereOf } from '../../store/reading/where.ts';
import type { Context } from '../context.ts';
import type { PageArgs, PageRequest } from './page-request.ts';

/**
 * A page that was read, from which connection types resolve their fields. Flags and counts are queried only when
 * selected.
 */
export interface Page {
  readonly rows: readonly Row[];
  cursorOf(row: Row): string;
  hasNextPage(): boolean | Promise<boolean>;
  hasPreviousPage(): boolean | Promise<boolean>;
  /** Number of objects on all pages, counted up to `COUNT_MAX` + 1. */
  totalCount(): Promise<number>;
  streamCursor(): Promise<string>;
}

/** The listed entity and, for a nested connection, the column and id of its parent. */
export interface PageSource {
  readonly entity: Entity;
  readonly parent?: { readonly column: string; readonly id: string };
}

/** Returns the database conditions of the `filter` argument. */
export function filterWhere(args: PageArgs, reading: Reading, context: Context): Where {
  const { numberSearches } = context;
  if (!numberSearches) throw new Error('a filter is read without a caller');
  return whereOf(reading, args.filter, numberSearches.ofFilter(), ['filter']);
}

/** Returns Prisma's arguments for the rows of a page, plus one row that shows whether more follow. */
export function pageQuery({ size, isBackward, ordering, from }: PageRequest, filter: Where) {
  const order = isBackward ? reversed(ordering) : ordering;
  const conditions = from === null ? [filter] : [filter, after(from, order)];
  return { where: { AND: conditions }, orderBy: orderByOf(order), take: size + 1 };
}

/** Returns the columns that the cursor of a row is made of. */
export function cursorSelection({ column }: Ordering): Record<string, true> {
  return column === null ? { id: true } : { id: true, [column]: true };
}

/** Returns the page for the rows that were read. */
export function pageOf(
  found: readonly Row[],
  request: PageRequest,
  source: PageSource,
  filter: Where,
  context: Context,
  streamCursor: () => Promise<string>,
): Page {
  const { size, isBackward, ordering, from, tag } = request;
  const hasMore = found.length > size;
  const kept = found.slice(0, size);
  const rows = isBackward ? kept.reverse() : kept;
  const { reader } = context;
  const { entity, parent } = source;
  const scope = parent ? { AND: [filter, { [parent.column]: parent.id }] } : filter;
  const isBehind = (): boolean | Promise<boolean> => {
    if (from === null) return false;
    const order = isBackward ? reversed(ordering) : ordering;
    return reader.exists(entity, { AND: [scope, upTo(from, order)] }, orderByOf(reversed(order)));
  };
  let counted: Promise<number> | null = null;
  return {
    rows,
    cursorOf: (row) => encodePlace(placeOf(row, ordering), ordering, tag),
    hasNextPage: () => (isBackward ? isBehind() : hasMore),
    hasPreviousPage: () => (isBackward ? hasMore : isBehind()),
    totalCount: () => {
      counted ??= parent
        ? context.loaders.counts.load({ entity, column: parent.column, parentId: parent.id, where: filter })
        : reader.count(entity, filter);
      return counted;
    },
    streamCursor,
  };
}
