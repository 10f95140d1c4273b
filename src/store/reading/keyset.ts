import { instantOfId } from '../../domain/ids.ts';
import type { Secrets } from '../secrets.ts';
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

/** Signs the cursors of one list of one merchant: those of another are none. */
export type Seal = (body: string) => string;

/** Characters of the signature in a cursor: 64 bits. */
const SIGNATURE_BYTES = 8;

/** The seal of the lists of an entity. */
export function sealOf(secrets: Secrets, merchantId: string, entity: string): Seal {
  return (body) =>
    secrets.hmac('page-cursors', merchantId, entity, body).subarray(0, SIGNATURE_BYTES).toString('base64url');
}

/** A cursor: opaque to callers, JSON and its signature inside. */
export function encodePlace(place: Place, { column }: Ordering, seal: Seal): string {
  const value = place.value instanceof Date ? place.value.toISOString() : (place.value?.toString() ?? null);
  const body = Buffer.from(JSON.stringify([column, value, place.id])).toString('base64url');
  return `${body}.${seal(body)}`;
}

/** The place of a cursor made under the same ordering and seal, or null. Newest first is one ordering, however it is spelt. */
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
