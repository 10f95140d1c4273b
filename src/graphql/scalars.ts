import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { CALENDAR_END, instantAt } from '../domain/dates.ts';
import { formatAmount } from '../domain/money.ts';
import { builder } from './builder.ts';

// Inputs let every primitive through: each record is judged by itself in src/domain, so that one bad value is one record's
// error and not the whole batch's. Outputs are strict.

/** A string or number of a document, as it stands there. */
function literal(node: ValueNode): string | number {
  if (node.kind === Kind.STRING) return node.value;
  if (node.kind === Kind.INT || node.kind === Kind.FLOAT) return Number(node.value);
  throw new GraphQLError('A string is expected here.', { nodes: node });
}

function primitive(value: unknown): string | number {
  if (typeof value === 'string' || typeof value === 'number') return value;
  throw new GraphQLError('A string is expected here.');
}

function serializeDate(value: unknown): string {
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  if (typeof value === 'string') return value;
  throw new TypeError('not a date');
}

function serializeMoney(value: unknown): string {
  if (typeof value === 'bigint' || typeof value === 'number') return formatAmount(value);
  throw new TypeError('not an amount in cents');
}

builder.addScalarType(
  'Money',
  new GraphQLScalarType<string | number, string>({
    name: 'Money',
    description:
      'An amount in South African rand, as a decimal string with two places: "45.00". At most twelve digits before the point.',
    serialize: serializeMoney,
    parseValue: primitive,
    parseLiteral: literal,
  }),
);

builder.addScalarType(
  'Date',
  new GraphQLScalarType<string | number, string>({
    name: 'Date',
    description: 'A day in Johannesburg, written YYYY-MM-DD.',
    serialize: serializeDate,
    parseValue: primitive,
    parseLiteral: literal,
  }),
);

builder.addScalarType(
  'Digits',
  new GraphQLScalarType<string | number, string>({
    name: 'Digits',
    description:
      'A code of digits, as a string. An integer is accepted too; it is padded, since its leading zeros are lost.',
    serialize: String,
    parseValue: primitive,
    parseLiteral: literal,
  }),
);

/** RFC 3339 with seconds and an offset. */
const INSTANT = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

const FIRST_INSTANT = instantAt('1900-01-01');
const END_OF_INSTANTS = instantAt(CALENDAR_END);

function parseInstant(value: unknown): Date {
  const instant = typeof value === 'string' && INSTANT.test(value) ? new Date(value) : null;
  // Years beyond the calendar of src/domain would be no days there.
  if (instant && instant >= FIRST_INSTANT && instant < END_OF_INSTANTS) return instant;
  throw new GraphQLError('An instant from 1900 to 2199 is expected, as "2026-11-20T09:00:00Z", with an offset.');
}

builder.addScalarType(
  'DateTime',
  new GraphQLScalarType<Date, string>({
    name: 'DateTime',
    description: 'An instant: RFC 3339 with an offset on the way in, UTC with milliseconds on the way out.',
    serialize: (value) => {
      if (value instanceof Date) return value.toISOString();
      throw new TypeError('not an instant');
    },
    parseValue: parseInstant,
    parseLiteral: (node) => parseInstant(node.kind === Kind.STRING ? node.value : null),
  }),
);
