import { parsePhoneNumber } from '../../domain/customer/contact.ts';
import { emailKey } from '../../domain/customer/uniqueness.ts';
import { addDays, instantAt, NO_DATE, parseCivilDate, parseInstant } from '../../domain/dates.ts';
import { parseAmount } from '../../domain/money.ts';
import { codesOf, type UnpaidCategory } from '../../domain/unpaid-codes.ts';
import type { PersonalNumberField } from '../personal-numbers.ts';
import type { FilterField, FilterKind, Reading } from './reading.ts';

/** A filter that is not valid. The whole request is refused; a condition is never ignored. */
export class InvalidFilter extends Error {
  /** Path in the input. Not named `path`, because graphql-js takes an error with a `path` for one of its own. */
  readonly inputPath: readonly string[];
  constructor(inputPath: readonly string[], message: string) {
    super(message);
    this.inputPath = inputPath;
  }
}

/** A filter as received: fields with operators, relations with filters, `and`, `or`, `not`. */
export type Filter = Readonly<Record<string, unknown>>;
/** A condition in the form of Prisma's `where`. */
export type Where = Readonly<Record<string, unknown>>;

/** Operators by kind of column. */
export const OPERATORS: Readonly<Record<FilterKind, readonly string[]>> = {
  id: ['eq', 'in'],
  text: ['eq', 'in'],
  searchedText: ['eq', 'in', 'contains'],
  indexedText: ['eq', 'in', 'contains'],
  search: ['contains'],
  email: ['eq', 'in'],
  phone: ['eq', 'in'],
  enum: ['eq', 'in'],
  date: ['eq', 'in', 'gte', 'lte'],
  instant: ['gte', 'lte'],
  amount: ['eq', 'in', 'gte', 'lte'],
  integer: ['eq', 'in', 'gte', 'lte'],
  unpaidCategory: ['eq', 'in'],
  personalNumber: ['eq', 'in'],
  metadata: ['key', 'eq', 'in'],
  flag: ['eq'],
  presence: ['eq'],
};

/** Returns the blind index of a personal number. */
export type IndexOf = (field: PersonalNumberField, number: string) => Uint8Array;

/** Maximum number of conditions and values in a filter. */
const VALUES_MAX = 2_000;
/** Maximum nesting depth of a filter. */
const DEPTH_MAX = 30;

/**
 * Returns the condition of a filter. An empty `in` or `or` matches nothing. A condition without operators, as variables
 * that are not given leave it, is no condition. Throws `InvalidFilter` for null and for an empty filter or `and` within
 * the filter, and when the filter is too large or nested too deeply.
 */
export function whereOf(
  reading: Reading,
  filter: Filter | null | undefined,
  indexOf: IndexOf,
  path: readonly string[],
): Where {
  if (depthOf(filter) > DEPTH_MAX) throw new InvalidFilter(path, `Nest filters at most ${DEPTH_MAX} levels deep.`);
  if (countValues(filter) > VALUES_MAX)
    throw new InvalidFilter(path, `Use at most ${VALUES_MAX} conditions and values in a filter.`);
  return conditionsOf(reading, filter ?? {}, indexOf, path) ?? { AND: [] };
}

/**
 * Returns whether the number of rows that a filter matches depends on its values, so that the best plan does as well. A
 * filter by one id has an index that leaves the rows in order.
 */
export function dependsOnValues(reading: Reading, filter: Filter | null | undefined): boolean {
  return Object.entries(filter ?? {}).some(([name, value]) => {
    if (name === 'and' && Array.isArray(value)) return value.some((part) => dependsOnValues(reading, part as Filter));
    return reading.filters[name]?.kind !== 'id' || Object.keys(value as object).some((operator) => operator !== 'eq');
  });
}

function countValues(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, item) => sum + countValues(item), 1);
}

/** Returns the nesting depth of a filter, counted only until it exceeds the maximum. */
function depthOf(value: unknown, depth = 0): number {
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return depth;
  return Math.max(depth, ...Object.values(value).map((item) => depthOf(item, depth + 1)));
}

/** Returns the condition of a filter; null if none of its fields has an operator. */
function conditionsOf(reading: Reading, filter: Filter, indexOf: IndexOf, path: readonly string[]): Where | null {
  const conditions = Object.entries(filter).map(([name, value]): Where | null => {
    const at = [...path, name];
    if (value === null || value === undefined)
      throw new InvalidFilter(at, 'A condition cannot be null; omit the field.');
    const part = (inner: unknown, where: readonly string[], of = reading): Where | null => {
      if (Object.keys(inner as object).length === 0) throw new InvalidFilter(where, 'Give at least one condition.');
      return conditionsOf(of, inner as Filter, indexOf, where);
    };
    if (name === 'and' || name === 'or') {
      const items = value as unknown[];
      if (name === 'or' && items.length === 0) return { id: { in: [] } };
      if (items.length === 0) throw new InvalidFilter(at, 'Give at least one condition, or omit the field.');
      const parts = items.flatMap((item, index) => part(item, [...at, String(index)]) ?? []);
      return parts.length === 0 ? null : { [name.toUpperCase()]: parts };
    }
    const relation = reading.relations[name];
    const inner = name === 'not' ? part(value, at) : relation && part(value, at, relation.reading());
    if (inner === null) return null;
    if (name === 'not') return { NOT: inner };
    if (relation) {
      const related = { [name]: { is: inner } };
      return relation.nullableColumn ? isThere(relation.nullableColumn, related) : related;
    }
    return columnCondition(reading, name, value as Filter, indexOf, at);
  });
  const given = conditions.filter((condition) => condition !== null);
  return given.length === 0 ? null : { AND: given };
}

function columnCondition(
  reading: Reading,
  name: string,
  operators: Filter,
  indexOf: IndexOf,
  path: readonly string[],
): Where | null {
  const field = reading.filters[name];
  if (!field) throw new InvalidFilter(path, 'The list cannot be filtered by this field.');
  if (Object.keys(operators).length === 0) return null;
  if (field.kind === 'metadata') return metadataCondition(field.column, operators, path);
  const comparisons = Object.entries(operators).map(([operator, value]) => {
    const at = [...path, operator];
    const values = operator === 'in' ? (value as unknown[] | null) : [value];
    if (values === null || values.some((item) => item === null || item === undefined)) {
      throw new InvalidFilter(at, 'A value cannot be null; omit the operator.');
    }
    if (field.kind === 'flag') return flagCondition(field, value === true);
    if (field.kind === 'presence') return { [field.column]: value === true ? { not: null } : null };
    if (field.kind === 'instant') return { [field.column]: instantBound(operator, String(value), at) };
    if (operator === 'contains') return containsCondition(field, String(value), at);
    if (field.kind === 'unpaidCategory') {
      return { [field.column]: { in: values.flatMap((item) => codesOf(item as UnpaidCategory)) } };
    }
    const converted = values.map((item) => convert(field, item, indexOf, at));
    return {
      [field.column]:
        operator === 'in' ? { in: converted } : { [operator === 'eq' ? 'equals' : operator]: converted[0] },
    };
  });
  if ('mayBeNoDate' in field) return { AND: [{ [field.column]: { lt: new Date(NO_DATE) } }, ...comparisons] };
  return 'nullable' in field ? isThere(field.column, { AND: comparisons }) : { AND: comparisons };
}

/** Returns a condition on a nullable column that is false when the column is null; its negation then matches. */
function isThere(column: string, condition: Where): Where {
  return { AND: [{ [column]: { not: null } }, condition] };
}

function convert(field: FilterField, value: unknown, indexOf: IndexOf, path: readonly string[]): unknown {
  const text = String(value);
  switch (field.kind) {
    case 'date':
      return new Date(`${requireDate(text, path)}T00:00:00Z`);
    case 'amount': {
      const cents = typeof value === 'string' ? parseAmount(value) : null;
      if (cents === null)
        throw new InvalidFilter(path, 'Use a decimal string with at most two decimals, e.g. "45.00".');
      return BigInt(cents);
    }
    case 'integer':
      return Number(value);
    case 'personalNumber':
      return indexOf(field.field, text);
    case 'email':
      return emailKey(text.trim());
    case 'phone':
      return parsePhoneNumber(text, { dialCode: null, country: null }) ?? text;
    default:
      return text;
  }
}

/** True when all columns have one of their values, or when that holds for some row of a relation; false otherwise. */
function flagCondition({ columns, some }: Extract<FilterField, { kind: 'flag' }>, holds: boolean): Where {
  const all = Object.fromEntries(
    Object.entries(columns).map(([column, [first, ...rest]]) => [
      column,
      rest.length === 0 ? { equals: first } : { in: [first, ...rest] },
    ]),
  );
  if (some) return { [some]: { [holds ? 'some' : 'none']: all } };
  return holds ? all : { NOT: all };
}

/** Minimum length of a `contains` text. A shorter text has no trigram, so that every row would have to be read. */
const CONTAINS_LENGTH_MIN = 3;

/** Case-insensitive search. The trigram index finds the rows; the column itself decides which searched text matched. */
function containsCondition({ kind, ...field }: FilterField, value: string, path: readonly string[]): Where {
  const text = value.trim();
  if ([...text].length < CONTAINS_LENGTH_MIN) {
    throw new InvalidFilter(path, `Use at least ${CONTAINS_LENGTH_MIN} characters.`);
  }
  // % and _ are wildcards of PostgreSQL, so they are escaped.
  const pattern = text.replaceAll(/[\\%_]/g, (character) => `\\${character}`);
  const contains = { contains: pattern, mode: 'insensitive' };
  const found = { searchText: contains };
  if (kind === 'search' || !('column' in field)) return found;
  const own = { [field.column]: contains };
  return kind === 'indexedText' ? own : { AND: [found, own] };
}

/**
 * Matches rows that have the key or, with `eq` or `in`, that have one of the values (text, number or boolean) for it.
 */
function metadataCondition(column: string, operators: Filter, path: readonly string[]): Where {
  const { key, eq, in: values } = operators;
  if (typeof key !== 'string' || key === '') throw new InvalidFilter([...path, 'key'], 'Give the metadata key.');
  const wanted =
    values === undefined ? [eq] : [...((values as unknown[] | null) ?? [null]), ...(eq === undefined ? [] : [eq])];
  if (wanted.includes(null)) throw new InvalidFilter(path, 'A value cannot be null; omit the operator.');
  if (values !== undefined && eq !== undefined) throw new InvalidFilter(path, 'Use either eq or in, not both.');
  if (values === undefined && eq === undefined) return { [column]: { has: `has ${key}` } };
  const texts = wanted.flatMap((value) => textsOf(String(value)));
  return { [column]: { hasSome: texts.map((text) => `is ${[...key].length} ${key} ${text}`) } };
}

/**
 * Returns a value as given and, if it is a number with an exponent, also in the decimal form that PostgreSQL stores.
 */
function textsOf(value: string): string[] {
  if (!/^-?\d+(\.\d+)?e[+-]?\d+$/i.test(value) || !Number.isFinite(Number(value))) return [value];
  const written = Number(value).toLocaleString('en', { useGrouping: false, maximumSignificantDigits: 21 });
  return [value, written];
}

/** Filters of instants take civil dates in Johannesburg or instants; both bounds are inclusive. */
function instantBound(operator: string, text: string, path: readonly string[]): object {
  const instant = text.includes('T') ? parseInstant(text) : null;
  if (instant) return { [operator]: instant };
  const date = parseCivilDate(text);
  if (!date) {
    throw new InvalidFilter(path, 'Use a valid date, YYYY-MM-DD, or an instant with seconds and an offset.');
  }
  return operator === 'gte' ? { gte: instantAt(date) } : { lt: instantAt(addDays(date, 1)) };
}

function requireDate(text: string, path: readonly string[]): string {
  const date = parseCivilDate(text);
  if (!date) throw new InvalidFilter(path, 'Use a valid date in the format YYYY-MM-DD.');
  return date;
}
