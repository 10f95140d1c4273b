import {
  cursorTag,
  decodePlace,
  NESTED_PAGE_SIZE,
  type Ordering,
  orderingOf,
  PAGE_SIZE_MAX,
  type Place,
  ROOT_PAGE_SIZE,
} from '../../store/reading/keyset.ts';
import type { Reading } from '../../store/reading/reading.ts';
import { dependsOnValues, type Filter } from '../../store/reading/where.ts';
import { type Context, callerOf } from '../context.ts';
import { requestError } from '../pipeline/request-error.ts';

/** The arguments that every connection takes. */
export interface PageArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
  readonly filter?: Filter | null | undefined;
  readonly orderBy?: { readonly field: string; readonly direction: 'ASC' | 'DESC' } | null | undefined;
}

/** A requested page: `size` rows from a place in the ordering, forward or backward. */
export interface PageRequest {
  readonly size: number;
  readonly isBackward: boolean;
  readonly ordering: Ordering;
  readonly from: Place | null;
  /** The tag of the cursors of the list. */
  readonly tag: string;
  /** Whether the plan of the page depends on the values of its filter. */
  readonly isFiltered: boolean;
}

/** Returns the page that the arguments request. Throws PAGE_OUT_OF_RANGE or CURSOR_INVALID. */
export function pageRequestOf(
  args: PageArgs,
  reading: Reading,
  level: 'root' | 'nested',
  context: Context,
): PageRequest {
  const { size, isBackward } = pageSizeOf(args, level === 'root' ? ROOT_PAGE_SIZE : NESTED_PAGE_SIZE);
  const { after = null, before = null } = args;
  const ordering = orderingOf(reading, args.orderBy, args.filter);
  const cursor = isBackward ? before : after;
  const tag = cursorTag(context.app.secrets, callerOf(context).merchantId, reading.entity, ordering);
  const from = cursor === null ? null : decodePlace(cursor, ordering, tag);
  if (cursor !== null && from === null) {
    throw requestError(
      'CURSOR_INVALID',
      'The cursor is not valid for this list and sort order. Use a cursor from the same list with the same `orderBy`.',
      [[isBackward ? 'before' : 'after']],
    );
  }
  return {
    size,
    isBackward,
    ordering,
    from,
    tag,
    isFiltered: args.orderBy ? Boolean(args.filter) : dependsOnValues(reading, args.filter),
  };
}

/** Returns the page size and the direction that the arguments request. Throws PAGE_OUT_OF_RANGE. */
export function pageSizeOf(
  { first = null, last = null, after = null, before = null }: PageArgs,
  sizeDefault: number,
): Pick<PageRequest, 'size' | 'isBackward'> {
  if ((first !== null || after !== null) && (last !== null || before !== null)) {
    throw requestError('PAGE_OUT_OF_RANGE', 'Use either `first` and `after`, or `last` and `before`, not both.');
  }
  const isBackward = last !== null || before !== null;
  const name = isBackward ? 'last' : 'first';
  const size = (isBackward ? last : first) ?? sizeDefault;
  if (size < 0 || size > PAGE_SIZE_MAX)
    throw requestError('PAGE_OUT_OF_RANGE', `\`${name}\` must be between 0 and ${PAGE_SIZE_MAX}.`);
  return { size, isBackward };
}
