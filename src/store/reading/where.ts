import { parsePhoneNumber } from '../../domain/customer/contact.ts';
import { emailKey } from '../../domain/customer/uniqueness.ts';
import { addDays, instantAt, parseCivilDate } from '../../domain/dates.ts';
import { parseAmount } from '../../domain/money.ts';
import { codesOf, type UnpaidCategory } from '../../domain/unpaid-codes.ts';
import type { PersonalNumberField } from '../personal-numbers.ts';
import type { FilterField, FilterKind, Reading } from './description.ts';

/** A filter that cannot be understood. The whole request is refused: a condition is never ignored. */
export class InvalidFilter extends Error {
  /** Where in the input. Not `path`: graphql-js takes an error that has one for its own. */
  readonly inputPath: readonly string[];
  constructor(inputPath: readonly string[], message: string) {
    super(message);
    this.inputPath = inputPath;
  }
}

/** A filter as it comes: fields with operators, relations with filters, `and`, `or`, `not`. */
export type Filter = Readonly<Record<string, unknown>>;
export type Where = Readonly<Record<string, unknown>>;

/** Which operators a kind of column has. */
export const OPERATORS: Readonly<Record<FilterKind, readonly string[]>> = {
  id: ['eq', 'in'],
  text: ['eq', 'in'],
  searchedText: ['eq', 'in', 'contains'],
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

/** Turns a whole personal number into what is stored of it for comparison. */
export type IndexOf = (field: PersonalNumberField, number: string) => Uint8Array;

/** A filter compares with at most so many values. */
const VALUES_MAX = 2_000;
/** And is nested so deep. */
const DEPTH_MAX = 30;

/** The condition of a filter. `null` is an error, an empty `in` or `or` matches nothing, and `{}` is no part of another. */
export function whereOf(
  reading: Reading,
  filter: Filter | null | undefined,
  indexOf: IndexOf,
  path: readonly string[],
): Where {
  if (depthOf(filter) > DEPTH_MAX) throw new InvalidFilter(path, `A filter is nested at most ${DEPTH_MAX} deep.`);
  if (countValues(filter) > VALUES_MAX)
    throw new InvalidFilter(path, `A filter compares with at most ${VALUES_MAX} values.`);
  return conditionsOf(reading, filter ?? {}, indexOf, path);
}

function countValues(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, item) => sum + countValues(item), 1);
}

/** How deep a filter is, looked at no deeper than it may be. */
function depthOf(value: unknown, depth = 0): number {
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return depth;
  return Math.max(depth, ...Object.values(value).map((item) => depthOf(item, depth + 1)));
}

function conditionsOf(reading: Reading, filter: Filter, indexOf: IndexOf, path: readonly string[]): Where {
  const conditions = Object.entries(filter).map(([name, value]): Where => {
    const at = [...path, name];
    if (value === null || value === undefined)
      throw new InvalidFilter(at, 'null is no condition; leave the field out.');
    const part = (inner: unknown, where: readonly string[], of = reading): Where => {
      if (Object.keys(inner as object).length === 0) throw new InvalidFilter(where, 'An empty object is no condition.');
      return conditionsOf(of, inner as Filter, indexOf, where);
    };
    if (name === 'and' || name === 'or') {
      const parts = (value as unknown[]).map((item, index) => part(item, [...at, String(index)]));
      if (name === 'or' && parts.length === 0) return { id: { in: [] } };
      if (parts.length === 0) throw new InvalidFilter(at, 'An empty list is no condition; leave it out.');
      return { [name.toUpperCase()]: parts };
    }
    if (name === 'not') return { NOT: part(value, at) };
    const relation = reading.relations[name];
    if (relation) {
      const related = { [name]: { is: part(value, at, relation.reading()) } };
      return relation.nullableColumn ? isThere(relation.nullableColumn, related) : related;
    }
    return columnCondition(reading, name, value as Filter, indexOf, at);
  });
  return { AND: conditions };
}

function columnCondition(
  reading: Reading,
  name: string,
  operators: Filter,
  indexOf: IndexOf,
  path: readonly string[],
): Where {
  const field = reading.filters[name];
  if (!field) throw new InvalidFilter(path, 'There is no such filter.');
  if (field.kind === 'metadata') return metadataCondition(field.column, operators, path);
  const comparisons = Object.entries(operators).map(([operator, value]) => {
    const at = [...path, operator];
    const values = operator === 'in' ? (value as unknown[] | null) : [value];
    if (values === null || values.some((item) => item === null || item === undefined)) {
      throw new InvalidFilter(at, 'null is no value to compare with; leave the operator out.');
    }
    if (field.kind === 'flag') return flagCondition(field, value === true);
    if (field.kind === 'presence') return { [field.column]: value === true ? { not: null } : null };
    if (field.kind === 'instant') return { [field.column]: dayBound(operator, String(value), at) };
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
  if (comparisons.length === 0) throw new InvalidFilter(path, 'A condition has at least one operator.');
  return 'nullable' in field ? isThere(field.column, { AND: comparisons }) : { AND: comparisons };
}

/** A condition on a column that may be null: without a value it does not hold, and then its contrary does. */
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
      if (cents === null) throw new InvalidFilter(path, 'Not a decimal string with at most two places, as "45.00".');
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

/** True: all of its columns have one of their values, or some row of a relation has. False: that does not hold. */
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

/** Fewer have no trigram: every row would have to be read. */
const CONTAINS_LENGTH_MIN = 3;

/** Case does not count. The trigram index finds the rows; the column itself tells which of the searched texts it was. */
function containsCondition({ kind, ...field }: FilterField, value: string, path: readonly string[]): Where {
  const text = value.trim();
  if ([...text].length < CONTAINS_LENGTH_MIN) {
    throw new InvalidFilter(path, `At least ${CONTAINS_LENGTH_MIN} characters.`);
  }
  // Prisma hands % and _ on as wildcards.
  const pattern = text.replaceAll(/[\\%_]/g, (character) => `\\${character}`);
  const found = { searchText: { contains: pattern, mode: 'insensitive' } };
  if (kind === 'search' || !('column' in field)) return found;
  return { AND: [found, { [field.column]: { contains: pattern, mode: 'insensitive' } }] };
}

/** A key that is there, or a key with one of these texts, numbers or truths as its value. */
function metadataCondition(column: string, operators: Filter, path: readonly string[]): Where {
  const { key, eq, in: values } = operators;
  if (typeof key !== 'string' || key === '') throw new InvalidFilter([...path, 'key'], 'A key is needed.');
  const wanted =
    values === undefined ? [eq] : [...((values as unknown[] | null) ?? [null]), ...(eq === undefined ? [] : [eq])];
  if (wanted.includes(null)) throw new InvalidFilter(path, 'null is no value to compare with; leave the operator out.');
  if (values !== undefined && eq !== undefined) throw new InvalidFilter(path, 'Either eq, or in.');
  if (values === undefined && eq === undefined) return { [column]: { has: `has ${key}` } };
  const texts = wanted.flatMap((value) => textsOf(String(value)));
  return { [column]: { hasSome: texts.map((text) => `is ${[...key].length} ${key} ${text}`) } };
}

/** A value as it is said, and a number as the database writes it out: 1e-7 has seven decimals there. */
function textsOf(value: string): string[] {
  if (!/^-?\d+(\.\d+)?e[+-]?\d+$/i.test(value) || !Number.isFinite(Number(value))) return [value];
  const written = Number(value).toLocaleString('en', { useGrouping: false, maximumSignificantDigits: 21 });
  return [value, written];
}

/** Filters of instants name whole days in Johannesburg, both ends inclusive. */
function dayBound(operator: string, text: string, path: readonly string[]): object {
  const date = requireDate(text, path);
  return operator === 'gte' ? { gte: instantAt(date) } : { lt: instantAt(addDays(date, 1)) };
}

function requireDate(text: string, path: readonly string[]): string {
  const date = parseCivilDate(text);
  if (!date) throw new InvalidFilter(path, 'Not a date written YYYY-MM-DD.');
  return date;
}
