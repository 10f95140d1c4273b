import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  type GraphQLEnumType,
  GraphQLError,
  LoneAnonymousOperationRule,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { expect, it } from 'vitest';

// The GraphQL documents and tables of the documentation, compared with the schema.

const read = (path: string): string => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');
const schema = buildSchema(read('schema/schema.graphql'));
/** A block may show several anonymous operations, which are sent one at a time. */
const RULES = specifiedRules.filter((rule) => rule !== LoneAnonymousOperationRule);

const GRAPHQL_BLOCK = /```graphql\n(.*?)```/gs;
const SCRIPT_BLOCK = /```(?:sh|js)\n(.*?)```/gs;
/** A document in a template literal of a script, or in a quoted argument of a shell command; JSON arguments start with `{ "`. */
const SCRIPT_DOCUMENT =
  /\/\* GraphQL \*\/ `([^`]*)`|'(?:query=)?((?:query|mutation|subscription)\b[^']*|\{ [a-z][^']*)'/g;

/** Returns the captured texts of a pattern. */
function textsOf(pattern: RegExp, text: string): string[] {
  return [...text.matchAll(pattern)].map((match) => match.slice(1).find((group) => group !== undefined) ?? '');
}

/** Returns why a document does not fit the schema; empty if it does. */
function faultsOf(document: string): string[] {
  try {
    return validate(schema, parse(document), RULES).map(({ message }) => message);
  } catch (error) {
    if (error instanceof GraphQLError) return [error.message];
    throw error;
  }
}

const invalidIn = (documents: readonly string[]) =>
  documents.map((document) => ({ document, faults: faultsOf(document) })).filter(({ faults }) => faults.length > 0);

const valuesOf = (type: string) =>
  (schema.getType(type) as GraphQLEnumType).getValues().filter(({ deprecationReason }) => deprecationReason == null);

it.each(['docs/guide.md', 'docs/migrating.md', 'README.md'])(
  'shows only GraphQL that the schema accepts in %s',
  (path) => {
    expect(invalidIn(textsOf(GRAPHQL_BLOCK, read(path)))).toEqual([]);
  },
);

it('sends only GraphQL that the schema accepts in the scripts of the user guide', () => {
  const documents = textsOf(SCRIPT_BLOCK, read('docs/guide.md')).flatMap((script) => textsOf(SCRIPT_DOCUMENT, script));
  expect(documents.length).toBeGreaterThan(20);
  expect(invalidIn(documents)).toEqual([]);
});

it('finds a fault in a document that does not fit the schema', () => {
  expect(faultsOf('{ merchant { balance } }')).toEqual(['Cannot query field "balance" on type "Merchant".']);
});

it('tells in the user guide what to do about every error code', () => {
  const tables = read('docs/guide.md').split('## Error codes')[1] ?? '';
  const codes = ['RequestErrorCode', 'ErrorCode'].flatMap(valuesOf).map(({ name }) => name);
  expect(codes.filter((code) => !tables.includes(`\`${code}\``))).toEqual([]);
});
