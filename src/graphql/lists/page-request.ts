import type { Reading } from '../../store/reading/description.ts';
import {
  decodePlace,
  NESTED_PAGE_SIZE,
  type Ordering,
  orderingOf,
  PAGE_SIZE_MAX,
  type Place,
  ROOT_PAGE_SIZE,
  type Seal,
  sealOf,
} from '../../store/reading/keyset.ts';
import type { Filter } from '../../store/reading/where.ts';
import { type Context, callerOf } from '../context.ts';
import { requestError } from '../pipeline/request-error.ts';

/** The arguments of every connection. */
export interface PageArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
  readonly filter?: Filter | null | undefined;
  readonly orderBy?: { readonly field: string; readonly direction: 'ASC' | 'DESC' } | null | undefined;
}

/** A page as asked for: so many rows from a place on, forward or backward in its ordering. */
export interface PageRequest {
  readonly size: number;
  readonly isBackward: boolean;
  readonly ordering: Ordering;
  readonly from: Place | null;
}

/** The page that arguments ask for. Throws PAGE_OUT_OF_RANGE or CURSOR_INVALID. */
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
  const from = cursor === null ? null : decodePlace(cursor, ordering, cursorSeal(reading, context));
  if (cursor !== null && from === null) {
    throw requestError('CURSOR_INVALID', 'Not a cursor of yours for this list in this order.', [
      [isBackward ? 'before' : 'after'],
    ]);
  }
  return { size, isBackward, ordering, from };
}

/** What the cursors of an entity's lists are signed with. */
export function cursorSeal({ entity }: Reading, context: Context): Seal {
  return sealOf(context.app.secrets, callerOf(context).merchantId, entity);
}

/** How many rows are asked for, and from which end. Throws PAGE_OUT_OF_RANGE. */
export function pageSizeOf(
  { first = null, last = null, after = null, before = null }: PageArgs,
  sizeDefault: number,
): Pick<PageRequest, 'size' | 'isBackward'> {
  if ((first !== null || after !== null) && (last !== null || before !== null)) {
    throw requestError('PAGE_OUT_OF_RANGE', 'Either first and after, or last and before, not both.');
  }
  const isBackward = last !== null || before !== null;
  const name = isBackward ? 'last' : 'first';
  const size = (isBackward ? last : first) ?? sizeDefault;
  if (size < 0 || size > PAGE_SIZE_MAX)
    throw requestError('PAGE_OUT_OF_RANGE', `${name} is from 0 to ${PAGE_SIZE_MAX}.`);
  return { size, isBackward };
}
