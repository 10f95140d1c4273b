import { instantOfId, kindOfId } from '../../domain/ids.ts';
import type { Reading, SortKind } from './description.ts';
import type { Filter, Where } from './where.ts';

export const PAGE_SIZE_MAX = 200;
export const ROOT_PAGE_SIZE = 50;
export const NESTED_PAGE_SIZE = 10;

/** An order of a connection. Null column: by id, the order of creation. */
export interface Ordering {
  readonly column: string | null;
  readonly kind: SortKind;
  readonly direction: 'asc' | 'desc';
  /** Newest first, by whichever column: a place in one is a place in the other. */
  readonly isDefault: boolean;
}

/** A place in an ordered list: the sort value and the id of the row there. */
export interface Place {
  readonly value: Date | string | bigint | null;
  readonly id: string;
}

/** Newest first. */
export const BY_ID: Ordering = { column: null, kind: 'text', direction: 'desc', isDefault: true };

/**
 * The order a caller asks for, newest first when none. Newest first among the rows of some days is spelt by the instant of
 * creation, which has an index that knows where the days are; it is the order of ids all the same, since ids are made then.
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

/** Whether a filter keeps to some days of creation, in whatever it joins by AND. */
function namesDays(filter: Filter | null | undefined): boolean {
  if (!filter) return false;
  const { createdAt, and } = filter;
  return Boolean(createdAt) || (Array.isArray(and) && and.some((part) => namesDays(part as Filter)));
}

export function reversed(ordering: Ordering): Ordering {
  return { ...ordering, direction: ordering.direction === 'asc' ? 'desc' : 'asc' };
}

export function orderByOf({ column, direction }: Ordering): Array<Record<string, 'asc' | 'desc'>> {
  return column === null ? [{ id: direction }] : [{ [column]: direction }, { id: direction }];
}

/**
 * The rows that come after a place. Prisma has no comparison of rows, so it is spelt as a range on the sort value, which
 * the index serves, and the tie broken by id.
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

/** The row at a place and those before it: what is there when one pages back. */
export function upTo(place: Place, ordering: Ordering): Where {
  return { OR: [{ id: place.id }, after(place, reversed(ordering))] };
}

/** The place of a row that was read with its sort column. */
export function placeOf(row: Readonly<Record<string, unknown>>, { column }: Ordering): Place {
  return { value: column === null ? null : (row[column] as Place['value']), id: String(row['id']) };
}

/** A cursor: opaque to callers, JSON inside. */
export function encodePlace(place: Place, { column }: Ordering): string {
  const value = place.value instanceof Date ? place.value.toISOString() : (place.value?.toString() ?? null);
  return Buffer.from(JSON.stringify([column, value, place.id])).toString('base64url');
}

/** The place of a cursor made under the same ordering, or null. Newest first is one ordering, however it is spelt. */
export function decodePlace(cursor: string, ordering: Ordering): Place | null {
  const { column, kind, isDefault } = ordering;
  try {
    const parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown;
    if (!Array.isArray(parsed) || parsed.length !== 3 || typeof parsed[2] !== 'string') return null;
    const [given, value, id] = parsed as [unknown, string | null, string];
    const isNewestFirst = isDefault && (given === null || given === 'createdAt');
    if (given !== column && !isNewestFirst) return null;
    if (!/^\w{1,64}$/.test(id) || (value !== null && /\0|\p{Surrogate}/u.test(value))) return null;
    if (column === null) return value === null || isNewestFirst ? { value: null, id } : null;
    if (given === null) return kindOfId(id) === null ? null : { value: instantOfId(id), id };
    return typeof value === 'string' ? { value: parseValue(kind, value), id } : null;
  } catch {
    return null;
  }
}

function parseValue(kind: SortKind, text: string): Date | string | bigint {
  if (kind === 'text') return text;
  if (kind === 'amount' && /^\d{1,15}$/.test(text)) return BigInt(text);
  if (kind !== 'amount' && /^[12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text)) {
    const date = new Date(text);
    if (!Number.isNaN(date.getTime())) return date;
  }
  throw new RangeError('not a value of this order');
}
