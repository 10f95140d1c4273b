import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  parseValue,
  valueFromASTUntyped,
} from 'graphql';
import { schema } from '../../src/graphql/schema.ts';
import type { createRandom } from '../torture/random.ts';

// Documents of any shape that the schema allows, made at random.

type Random = ReturnType<typeof createRandom>;
export const pick = <Item>(random: Random, items: readonly Item[]): Item => items[random.below(items.length)] as Item;

const ODD = [
  'null',
  '0',
  '-1',
  '1',
  '200',
  '2147483647',
  '2147483648',
  '1e9',
  '1.5',
  'true',
  '""',
  '"x"',
  '"\\u0000"',
  '"-0.01"',
  '"1e3"',
  '"2024-02-30"',
  '"2024-09-16"',
  '"9999-12-31T23:59:59-23:59"',
  '[]',
  '[[[]]]',
  '{}',
  'NONSENSE',
  '"😀"',
  '"‮abc"',
  '{ a: { b: 1 } }',
  `"${'x'.repeat(300)}"`,
];

function valueFor(random: Random, type: GraphQLInputType, sources: Sources, depth: number): string {
  if (random.chance(sources.odd)) return pick(random, ODD);
  if (isNonNullType(type)) return valueFor(random, type.ofType, sources, depth);
  if (isListType(type)) {
    return `[${Array.from({ length: random.below(3) }, () => valueFor(random, type.ofType, sources, depth)).join(', ')}]`;
  }
  if (isEnumType(type)) return pick(random, type.getValues()).name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(
      (field) => isNonNullType(field.type) || (depth < 4 && random.chance(0.3)),
    );
    return `{ ${fields.map((field) => `${field.name}: ${valueFor(random, field.type, sources, depth + 1)}`).join(', ')} }`;
  }
  switch (getNamedType(type).name) {
    case 'Int':
      return String(pick(random, [0, 1, 2, 10, 50, 200, 201, -1]));
    case 'Boolean':
      return pick(random, ['true', 'false']);
    case 'ID':
      return JSON.stringify(pick(random, sources.ids));
    case 'Date':
      return pick(random, ['"2024-09-16"', '"2024-02-29"', '"2023-02-29"']);
    case 'DateTime':
      return pick(random, ['"2024-09-16T00:00:00Z"', '"2024-09-16"']);
    default:
      return pick(random, ['"45.00"', '"abc"', '"1"', '1']);
  }
}

/** What documents are made of beside the schema. */
export interface Sources {
  readonly ids: readonly string[];
  /** The part of the documents that are mutations. */
  readonly mutations: number;
  /** The part of the documents that is damaged. */
  readonly damaged: number;
  /** The part of the values that is of any kind, whatever the type. */
  readonly odd: number;
  /** Whether a field may be selected. Default: every field. */
  readonly takes?: (field: GraphQLField<unknown, unknown>) => boolean;
  /** The literal of an argument, null to leave it out, undefined for one of its type. */
  readonly argument?: (name: string, field: GraphQLField<unknown, unknown>) => string | null | undefined;
}

/** A document under construction. */
interface Parts extends Sources {
  readonly fragments: string[];
  /** By name: the type, and the value. */
  readonly variables: Map<string, { readonly type: string; readonly value: unknown }>;
}

/** A value where it stands, or as a variable. */
function argumentFor(random: Random, { name, type }: GraphQLArgument, literal: string, parts: Parts): string {
  const { variables } = parts;
  if (random.chance(0.7)) return `${name}: ${literal}`;
  const variable = `v${variables.size}`;
  variables.set(variable, { type: String(type), value: valueFromASTUntyped(parseValue(literal)) });
  return `${name}: $${variable}`;
}

function fieldOf(random: Random, field: GraphQLField<unknown, unknown>, parts: Parts, depth: number): string {
  const args = field.args.flatMap((argument) => {
    const chosen = parts.argument?.(argument.name, field);
    if (chosen === null || (chosen === undefined && !isNonNullType(argument.type) && !random.chance(0.3))) return [];
    return [argumentFor(random, argument, chosen ?? valueFor(random, argument.type, parts, 0), parts)];
  });
  const given = args.join(', ');
  const selection = selectionOf(random, getNamedType(field.type), parts, depth + 1);
  const alias = random.chance(0.05) ? `a${random.below(100)}: ` : '';
  const told = `${alias}${field.name}${given === '' ? '' : `(${given})`}${directiveOf(random, parts)}${selection}`;
  return told;
}

/** Now and then a directive, by a literal or by a variable. */
function directiveOf(random: Random, { variables }: Parts): string {
  if (!random.chance(0.04)) return '';
  const name = pick(random, ['skip', 'include']);
  const value = random.chance(0.5);
  if (random.chance(0.5)) return ` @${name}(if: ${value})`;
  const variable = `v${variables.size}`;
  variables.set(variable, { type: 'Boolean!', value });
  return ` @${name}(if: $${variable})`;
}

/** The selection of an object as it is, in an inline fragment, or in a fragment of the document. */
function inFragment(random: Random, type: string, selection: string, parts: Parts): string {
  if (random.chance(0.9)) return selection;
  if (random.chance(0.5)) return `... ${random.chance(0.5) ? `on ${type} ` : ''}{ ${selection} }`;
  const name = `f${parts.fragments.length}`;
  parts.fragments.push(`fragment ${name} on ${type} { ${selection} }`);
  return `...${name}`;
}

function selectionOf(random: Random, type: GraphQLNamedType, parts: Parts, depth: number): string {
  if (isUnionType(type) || isInterfaceType(type)) {
    const members = schema.getPossibleTypes(type).filter(() => random.chance(0.4));
    const spreads = members.map((member) => `... on ${member.name} ${selectionOf(random, member, parts, depth + 1)}`);
    return `{ __typename ${spreads.join(' ')} }`;
  }
  if (!isObjectType(type)) return '';
  const all = Object.values(type.getFields()).filter((field) => parts.takes?.(field) ?? true);
  if (all.length === 0) return ' { __typename }';
  const chosen = depth > 7 ? [] : Array.from({ length: 1 + random.below(4) }, () => pick(random, all));
  const fields = chosen.map((field) => fieldOf(random, field, parts, depth)).join(' ');
  return ` { __typename ${fields === '' ? '' : inFragment(random, type.name, fields, parts)} }`;
}

/** A document with its variables, now and then damaged. */
export function documentOf(random: Random, sources: Sources): { query: string; variables: object } {
  const parts: Parts = { ...sources, fragments: [], variables: new Map() };
  const isMutation = random.chance(sources.mutations);
  const root = isMutation ? schema.getMutationType() : schema.getQueryType();
  const fields = Object.values(root?.getFields() ?? {}).filter(
    (field) => !/advanceClock|resetSandbox|revokeApiKeys/.test(field.name) && (parts.takes?.(field) ?? true),
  );
  const count = isMutation ? 1 : 1 + random.below(3);
  const body = Array.from({ length: count }, () => fieldOf(random, pick(random, fields), parts, 0));
  const declared = [...parts.variables].map(([name, { type }]) => `$${name}: ${type}`).join(', ');
  const variables = Object.fromEntries([...parts.variables].map(([name, { value }]) => [name, value]));
  const head = `${isMutation ? 'mutation' : 'query'}${declared === '' ? '' : ` (${declared})`}`;
  const document = [`${head} { ${body.join(' ')} }`, ...parts.fragments].join(' ');
  if (!random.chance(sources.damaged)) return { query: document, variables };
  const at = random.below(document.length);
  const damage = pick(random, ['', '}', '{', '(', '"', '@include(if: true)', '...', '\0', '#']);
  return { query: document.slice(0, at) + damage + document.slice(at + random.below(5)), variables };
}
