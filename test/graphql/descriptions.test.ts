import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { expect, it } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';

// What a program can hold of the language of descriptions; the rest is read by people.

const WORDS_MIN = 4;
const PREPOSITIONS = new Set(
  'about above after against along among around as at before behind below beneath beside besides between beyond but by concerning despite down during except for from in inside into like near of off on onto out outside over past per since through throughout till to toward under until unto up upon via with within without'.split(
    ' ',
  ),
);

interface Described {
  readonly coordinate: string;
  readonly text: string;
}

function describedBy(type: GraphQLNamedType): Described[] {
  const own = { coordinate: type.name, text: type.description ?? '' };
  const member = (name: string, description: string | null | undefined, parent = type.name) => ({
    coordinate: `${parent}.${name}`,
    text: description ?? '',
  });
  if (isEnumType(type)) return [own, ...type.getValues().map((value) => member(value.name, value.description))];
  if (isInputObjectType(type))
    return [own, ...Object.values(type.getFields()).map((field) => member(field.name, field.description))];
  if (!isObjectType(type) && !isInterfaceType(type)) return [own];
  return [
    own,
    ...Object.values(type.getFields()).flatMap((field) => [
      member(field.name, field.description),
      ...field.args.map((argument) => member(argument.name, argument.description, `${type.name}.${field.name}`)),
    ]),
  ];
}

const DESCRIBED = Object.values(schema.getTypeMap())
  .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
  .flatMap(describedBy);

const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}_`'’-]+/gu) ?? [];
const broken = (isBroken: (text: string) => boolean) =>
  DESCRIBED.filter(({ text }) => isBroken(text)).map(({ coordinate, text }) => `${coordinate}: ${text}`);

it(`describes everything by a phrase of at least ${WORDS_MIN} words`, () => {
  expect(DESCRIBED.length).toBeGreaterThan(2_000);
  expect(broken((text) => wordsOf(text).length < WORDS_MIN)).toEqual([]);
});

it('begins no description with a preposition', () => {
  expect(broken((text) => PREPOSITIONS.has((wordsOf(text)[0] ?? '').toLowerCase()))).toEqual([]);
});

it('ends each description with a full stop', () => {
  expect(broken((text) => !/[.)]$/.test(text.trim()))).toEqual([]);
});

it('uses none of the idioms that strangers have to decode', () => {
  const idioms = /\bwhoever\b|\bso many\b|\bso long\b|\bburnt\b|\bthe door\b|\btakes? turns?\b|\bunder way\b/i;
  expect(broken((text) => idioms.test(text))).toEqual([]);
});

it('types no limit by hand: numbers in descriptions come from their constants', () => {
  const limits = /description:\s*\n?\s*['"][^'"\n]*\b(?:30|50|64|128|200|255|256|1,?000)\b(?! ?%)[^'"\n]*['"]/g;
  const root = join(import.meta.dirname, '../../src/graphql');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const typed = files.flatMap((name) => readFileSync(join(root, name), 'utf8').match(limits) ?? []);
  expect(typed).toEqual([]);
});
