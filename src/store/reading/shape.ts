import type { Column, Relation } from './tables.ts';
import type { Where } from './where.ts';

/**
 * How a value is written: RAW as `decodeRow` reads it back, NAME for a value that needs no escapes, otherwise as the scalar of
 * the API that it is answered as.
 */
export type Format = 'RAW' | 'NAME' | 'DATE' | 'DATE_TIME' | 'MONEY';

/** Order and maximum number of the rows of a list, and the condition that they meet. */
export interface ListQuery {
  /** Whether the condition is a filter that may match few rows or most of them, so that its plan depends on the values. */
  readonly isFiltered?: boolean;
  readonly where: Where;
  readonly orderBy: ReadonlyArray<Readonly<Record<string, 'asc' | 'desc'>>>;
  readonly take: number | null;
}

/** A page of a list, read forward: `list` reads one row more than `size`, which shows whether more follow. */
export interface PageQuery {
  readonly model: string;
  /** The relation to the parent; null for a list at the root. */
  readonly relation: Relation | null;
  readonly list: ListQuery;
  readonly size: number;
  /** The rows before the page, the nearest first; null when it is the first page. */
  readonly before: Pick<ListQuery, 'where' | 'orderBy'> | null;
  /** Condition of all pages together. */
  readonly filter: Where;
  /** The column of the order beside the id, and the tag of the list's cursors. */
  readonly column: string | null;
  readonly tag: string;
  readonly streamCursor: string | null;
}

/** A property of the JSON object of a page. */
export type PagePart =
  | { readonly key: string; readonly is: 'CONSTANT'; readonly json: string }
  | { readonly key: string; readonly is: 'NODES'; readonly shape: Shape }
  | { readonly key: string; readonly is: 'EDGES'; readonly shape: readonly EdgePart[] }
  | { readonly key: string; readonly is: 'INFO'; readonly parts: readonly InfoPart[] }
  | { readonly key: string; readonly is: 'TOTAL_COUNT' | 'IS_COUNT_EXACT' | 'STREAM_CURSOR' };
export type EdgePart =
  | { readonly key: string; readonly is: 'CONSTANT'; readonly json: string }
  | { readonly key: string; readonly is: 'CURSOR' }
  | { readonly key: string; readonly is: 'NODE'; readonly shape: Shape };
export type InfoPart =
  | { readonly key: string; readonly is: 'CONSTANT'; readonly json: string }
  | { readonly key: string; readonly is: 'HAS_NEXT' | 'HAS_PREVIOUS' | 'START_CURSOR' | 'END_CURSOR' };

/** A property of a JSON object. */
export type Property =
  | { readonly key: string; readonly is: 'COLUMN'; readonly column: Column; readonly format: Format }
  | { readonly key: string; readonly is: 'CONSTANT'; readonly json: string }
  | { readonly key: string; readonly is: 'ONE'; readonly relation: Relation; readonly shape: Shape }
  | {
      readonly key: string;
      readonly is: 'MANY';
      readonly relation: Relation;
      readonly query: ListQuery;
      readonly shape: Shape;
    }
  | { readonly key: string; readonly is: 'PAGE'; readonly page: PageQuery; readonly parts: readonly PagePart[] };

/** The properties of a JSON object, in order. */
export type Shape = readonly Property[];
