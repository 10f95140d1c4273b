import { instantOfId } from '../../domain/ids.ts';
import type { Secrets } from '../secrets.ts';
import type { Reading, SortKind } from './description.ts';
import type { Filter, Where } from './where.ts';

/** Maximum number of items on a page. */
export const PAGE_SIZE_MAX = 200;
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
 * Returns the condition for rows after a place. Prisma cannot compare rows, so it is a range on the sort value, which
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
export function upTo(place: Place, ordering: Ordering): Where {
  return { OR: [{ id: place.id }, after(place, reversed(ordering))] };
}

/** Returns the place of a row, which must have been read with its sort column. */
export function placeOf(row: Readonly<Record<string, unknown>>, { column }: Ordering): Place {
  return { value: column === null ? null : (row[column] as Place['value']), id: String(row['id']) };
}

/** Signs the cursors of one list of one merchant; the cursors of other lists and merchants are invalid in it. */
export type Seal = (body: string) => string;

/** Length of the signature in a cursor, in bytes. */
const SIGNATURE_BYTES = 8;

/** Returns the seal for the lists of an entity. */
export function sealOf(secrets: Secrets, merchantId: string, entity: string): Seal {
  return (body) =>
    secrets.hmac('page-cursors', merchantId, entity, body).subarray(0, SIGNATURE_BYTES).toString('base64url');
}

/** Returns the cursor of a place. It is opaque to callers: JSON in base64url, and its signature. */
export function encodePlace(place: Place, { column }: Ordering, seal: Seal): string {
  const value = place.value instanceof Date ? place.value.toISOString() : (place.value?.toString() ?? null);
  const body = Buffer.from(JSON.stringify([column, value, place.id])).toString('base64url');
  return `${body}.${seal(body)}`;
}

/**
 * Returns the place of a cursor made with the same order and seal, otherwise null. Cursors of the default order are
 * valid whichever column it is expressed by.
 */
export function decodePlace(cursor: string, ordering: Ordering, seal: Seal): Place | null {
  const { column, kind, isDefault } = ordering;
  const [body = '', signature, ...rest] = cursor.split('.');
  if (rest.length > 0 || signature !== seal(body)) return null;
  const [given, value, id] = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as [
    string | null,
    string | null,
    string,
  ];
  const isNewestFirst = isDefault && (given === null || given === 'createdAt');
  if (given !== column && !isNewestFirst) return null;
  if (column === null) return { value: null, id };
  if (given === null) return { value: instantOfId(id), id };
  return value === null ? null : { value: parseValue(kind, value), id };
}

function parseValue(kind: SortKind, text: string): Date | string | bigint {
  if (kind === 'text') return text;
  return kind === 'amount' ? BigInt(text) : new Date(text);
}
