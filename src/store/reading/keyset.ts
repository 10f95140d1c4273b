import { LRUCache } from 'lru-cache';
import { instantOfId } from '../../domain/ids.ts';
import type { Secrets } from '../secrets.ts';
import type { Reading, SortKind } from './reading.ts';
import type { Filter, Where } from './where.ts';

/** Maximum number of items on a page. */
export const PAGE_SIZE_MAX = 200;
/** Number up to which the objects of a list are counted: the cost of a count does not grow with the merchant. */
export const COUNT_MAX = 10_000;
/** Default page size of lists at the root of a query. */
export const ROOT_PAGE_SIZE = 50;
/** Default page size of nested lists. */
export const NESTED_PAGE_SIZE = 10;

/** Order of a list. A null column orders by id, which is the order of creation. */
export interface Ordering {
  readonly column: string | null;
  readonly kind: SortKind;
  readonly direction: 'asc' | 'desc';
  /** Whether it is the default order, newest first. Its cursors are valid whichever column it is expressed by. */
  readonly isDefault: boolean;
}

/** A position in an ordered list: the sort value and the id of the row. */
export interface Place {
  readonly value: Date | string | bigint | null;
  readonly id: string;
}

/** The default order: newest first. */
export const BY_ID: Ordering = { column: null, kind: 'text', direction: 'desc', isDefault: true };

/**
 * Returns the order a caller asks for, by default newest first. With a filter on `createdAt` the default is expressed
 * by that column, whose index serves the filter; the order is the same, since ids are made at the instant of creation.
 */
export function orderingOf(
  reading: Reading,
  orderBy: { field: string; direction: 'ASC' | 'DESC' } | null | undefined,
  filter: Filter | null | undefined,
): Ordering {
  const created = reading.orderings['CREATED_AT'];
  if (!orderBy && created && namesDays(filter)) return { ...created, direction: 'desc', isDefault: true };
  const found = orderBy && reading.orderings[orderBy.field];
  return found ? { ...found, direction: orderBy.direction === 'ASC' ? 'asc' : 'desc', isDefault: false } : BY_ID;
}

/** Returns whether a filter restricts `createdAt`, by itself or within its `and`. */
function namesDays(filter: Filter | null | undefined): boolean {
  if (!filter) return false;
  const { createdAt, and } = filter;
  return Boolean(createdAt) || (Array.isArray(and) && and.some((part) => namesDays(part as Filter)));
}

/** Returns the opposite order. */
export function reversed(ordering: Ordering): Ordering {
  return { ...ordering, direction: ordering.direction === 'asc' ? 'desc' : 'asc' };
}

/** Returns an order in the form of Prisma's `orderBy`, with the id as tie-breaker. */
export function orderByOf({ column, direction }: Ordering): Array<Record<string, 'asc' | 'desc'>> {
  return column === null ? [{ id: direction }] : [{ [column]: direction }, { id: direction }];
}

/**
 * Returns the condition for rows after a place. Prisma's `where` has no comparison of rows, so it is a range on the sort value, which
 * the index serves, with ties broken by id.
 */
export function after(place: Place, { column, direction }: Ordering): Where {
  const beyond = direction === 'asc' ? 'gt' : 'lt';
  if (column === null) return { id: { [beyond]: place.id } };
  return {
    AND: [
      { [column]: { [`${beyond}e`]: place.value } },
      { OR: [{ [column]: { [beyond]: place.value } }, { id: { [beyond]: place.id } }] },
    ],
  };
}

/** Returns the condition for the row at a place and the rows before it. */
export function upTo({ value, id }: Place, { column, direction }: Ordering): Where {
  const before = direction === 'asc' ? 'lt' : 'gt';
  if (column === null) return { id: { [`${before}e`]: id } };
  return {
    AND: [
      { [column]: { [`${before}e`]: value } },
      { OR: [{ [column]: { [before]: value } }, { id: { [`${before}e`]: id } }] },
    ],
  };
}

/** Returns the place of a row, which must have been read with its sort column. */
export function placeOf(row: Readonly<Record<string, unknown>>, { column }: Ordering): Place {
  return { value: column === null ? null : (row[column] as Place['value']), id: String(row['id']) };
}

/** Number of bytes of the tag of a cursor. */
const TAG_BYTES = 8;
/** Maximum number of tags kept in memory. */
const TAGS_MAX = 10_000;

/** Tags by merchant, entity and order. */
const tagsOf = new WeakMap<Secrets, LRUCache<string, string>>();

/**
 * Returns the tag of the cursors of one list and order of one merchant. It cannot be guessed, so the cursors of other
 * merchants, lists and orders are invalid in it.
 */
export function cursorTag(secrets: Secrets, merchantId: string, entity: string, ordering: Ordering): string {
  const tags = tagsOf.get(secrets) ?? new LRUCache({ max: TAGS_MAX });
  tagsOf.set(secrets, tags);
  const key = `${merchantId} ${entity} ${ordering.isDefault ? '' : ordering.column}`;
  const known = tags.get(key);
  if (known !== undefined) return known;
  const tag = secrets.hmac('page-cursors', key).subarray(0, TAG_BYTES).toString('base64url');
  tags.set(key, tag);
  return tag;
}

/** Returns the cursor of a place, which is opaque to callers: the tag, the sort value unless the order is by id, and the id. */
export function encodePlace({ value, id }: Place, { column }: Ordering, tag: string): string {
  if (column === null) return `${tag}.${id}`;
  return `${tag}.${value instanceof Date ? value.toISOString() : value}.${id}`;
}

/**
 * Returns the place of a cursor with this tag, otherwise null. Cursors of the default order are valid whichever column
 * it is expressed by.
 */
export function decodePlace(cursor: string, { column, kind, isDefault }: Ordering, tag: string): Place | null {
  if (!cursor.startsWith(`${tag}.`)) return null;
  const body = cursor.slice(tag.length + 1);
  const dot = body.lastIndexOf('.');
  const id = body.slice(dot + 1);
  if (!ID.test(id)) return null;
  const isById = dot === -1;
  if (isById && !isDefault) return null;
  const value = isById ? instantOfId(id) : parseValue(isDefault ? 'instant' : kind, body.slice(0, dot));
  return value === null ? null : { value: column === null ? null : value, id };
}

const ID = /^[\w-]{1,64}$/;

const INSTANT = /^\d{4}-/;

/** Returns the sort value in a cursor; null when it is not of the kind. */
function parseValue(kind: SortKind, text: string): Date | string | bigint | null {
  if (kind === 'text') return text;
  if (kind === 'amount') return /^\d{1,18}$/.test(text) ? BigInt(text) : null;
  const time = new Date(text);
  return INSTANT.test(text) && time.getTime() > 0 && time.toISOString() === text ? time : null;
}
