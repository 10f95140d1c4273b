import {
  type FloatValueNode,
  GraphQLError,
  GraphQLScalarType,
  type IntValueNode,
  Kind,
  type ValueNode,
  valueFromASTUntyped,
  visit,
} from 'graphql';
import { CALENDAR_END } from '../domain/dates.ts';
import { isExactDecimal } from '../domain/exact-number.ts';
import { formatRate } from '../domain/mandate/adjustment.ts';
import { AMOUNT_MAX_CENTS, formatAmount } from '../domain/money.ts';
import { builder } from './builder.ts';

// Inputs accept every string and number: src/domain validates each record separately, so that one invalid value fails
// one record and not the whole batch. Outputs are strict.

/** Returns the string or number of a literal. */
function literal(node: ValueNode): string | number {
  if (node.kind === Kind.STRING) return node.value;
  if (node.kind === Kind.INT || node.kind === Kind.FLOAT) return Number(node.value);
  throw new GraphQLError('A string or a number is required here.', { nodes: node });
}

function primitive(value: unknown): string | number {
  if (typeof value === 'string' || typeof value === 'number') return value;
  throw new GraphQLError('A string or a number is required here.');
}

/** Replaces each number that a double cannot hold exactly by one that is refused later, as for variables. */
function withExactNumbers(node: ValueNode): ValueNode {
  const mark = (number: IntValueNode | FloatValueNode) =>
    isExactDecimal(number.value) ? undefined : { ...number, kind: Kind.FLOAT, value: '1e999' };
  return visit(node, { [Kind.INT]: mark, [Kind.FLOAT]: mark });
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
    description: `Amount in South African rand (ZAR) as a decimal string with two decimal places, for example "45.00". The amount of one record is at most "${formatAmount(AMOUNT_MAX_CENTS)}"; totals can be larger.`,
    serialize: serializeMoney,
    parseValue: primitive,
    parseLiteral: literal,
  }),
);

builder.addScalarType(
  'Rate',
  new GraphQLScalarType<string | number, string>({
    name: 'Rate',
    description:
      'Percentage as a decimal string with up to five decimal places and up to three digits before the point, for example "5.12345". It can be negative.',
    serialize: (value) => {
      if (typeof value === 'number') return formatRate(value);
      throw new TypeError('not a rate');
    },
    parseValue: primitive,
    parseLiteral: literal,
  }),
);

builder.addScalarType(
  'Date',
  new GraphQLScalarType<string | number, string>({
    name: 'Date',
    description: 'Civil date in Johannesburg in the format YYYY-MM-DD, for example "2026-11-20".',
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
      'Code of digits as a string, for example "051001". Integers are accepted in inputs and padded with the leading zeros they lost.',
    serialize: String,
    parseValue: primitive,
    parseLiteral: literal,
  }),
);

builder.addScalarType(
  'DateTime',
  new GraphQLScalarType<string | number, string>({
    name: 'DateTime',
    description: `Instant in RFC 3339 format. Inputs need seconds and an offset, for example "2026-11-20T09:00:00Z", and must be before ${CALENDAR_END}. Outputs are in UTC with milliseconds.`,
    serialize: (value) => {
      if (value instanceof Date) return value.toISOString();
      throw new TypeError('not an instant');
    },
    parseValue: primitive,
    parseLiteral: literal,
  }),
);

builder.addScalarType(
  'JSONObject',
  new GraphQLScalarType<unknown, object>({
    name: 'JSONObject',
    description: 'Arbitrary JSON object with string keys.',
    serialize: (value) => {
      if (typeof value === 'object' && value !== null) return value;
      throw new TypeError('not an object');
    },
    parseValue: (value) => value,
    parseLiteral: (node, variables) => valueFromASTUntyped(withExactNumbers(node), variables),
  }),
);
