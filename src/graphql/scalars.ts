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
import { isExactDecimal } from '../domain/exact-number.ts';
import { formatRate } from '../domain/mandate/adjustment.ts';
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

/** A literal with each number that a double cannot hold exactly made one that is refused, as in variables. */
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
    description:
      'An amount in South African rand, as a decimal string with two places: "45.00". At most twelve digits before the point.',
    serialize: serializeMoney,
    parseValue: primitive,
    parseLiteral: literal,
  }),
);

builder.addScalarType(
  'Rate',
  new GraphQLScalarType<string | number, string>({
    name: 'Rate',
    description: 'A percentage as a decimal string with five places: "5.12345". At most three digits before the point.',
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

builder.addScalarType(
  'DateTime',
  new GraphQLScalarType<string | number, string>({
    name: 'DateTime',
    description:
      'An instant from 1900 to 2199: RFC 3339 with an offset on the way in, as "2026-11-20T09:00:00Z", UTC with milliseconds on the way out.',
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
    description: 'A JSON object.',
    serialize: (value) => {
      if (typeof value === 'object' && value !== null) return value;
      throw new TypeError('not an object');
    },
    parseValue: (value) => value,
    parseLiteral: (node, variables) => valueFromASTUntyped(withExactNumbers(node), variables),
  }),
);
