import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Change, CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema, type GraphQLSchema, isEnumType, isInputObjectType, isObjectType } from 'graphql';
import { expect, it } from 'vitest';
import { schema } from '../src/graphql/schema.ts';
import { graphql } from './support/generated/index.ts';
import { startGateway } from './support/harness.ts';

const RELEASED = buildSchema(readFileSync(join(import.meta.dirname, '../schema/released.graphql'), 'utf8'));
const FORM = /^.+\. Removed on (\d{4}-\d{2}-\d{2}) or later\.$/;

/** What is deprecated, by coordinate. */
function deprecationsIn(of: GraphQLSchema): Map<string, string> {
  const found = new Map<string, string>();
  for (const type of Object.values(of.getTypeMap())) {
    const members = isEnumType(type)
      ? type.getValues()
      : isObjectType(type) || isInputObjectType(type)
        ? Object.values(type.getFields())
        : [];
    for (const member of members) {
      if (member.deprecationReason) found.set(`${type.name}.${member.name}`, member.deprecationReason);
      for (const argument of 'args' in member ? member.args : [])
        if (argument.deprecationReason)
          found.set(`${type.name}.${member.name}.${argument.name}`, argument.deprecationReason);
    }
  }
  return found;
}

/** The changes that break clients, but for the removal of what was deprecated and whose day has come. */
async function breaksBetween(before: GraphQLSchema, after: GraphQLSchema, today: string): Promise<Change[]> {
  const deprecated = deprecationsIn(before);
  const changes = await diff(before, after);
  return changes.filter(({ criticality, path = '' }) => {
    const day = FORM.exec(deprecated.get(path) ?? '')?.[1];
    return criticality.level === CriticalityLevel.Breaking && !(day !== undefined && day <= today);
  });
}

it('breaks no client of the last release', async () => {
  const today = new Date().toISOString().slice(0, 10);
  expect((await breaksBetween(RELEASED, schema, today)).map(({ message }) => message)).toEqual([]);
});

it('notices what breaks clients, and lets go what was deprecated when its day has come', async () => {
  const before = buildSchema(`
    type Query { kept: Int gone: Int old: Int @deprecated(reason: "Use kept. Removed on 2027-06-01 or later.") asked(a: Int): Int }
  `);
  const after = buildSchema('type Query { kept: Int added: Int asked(a: Int!): Int }');
  const pathsOn = async (day: string) => (await breaksBetween(before, after, day)).map(({ path }) => path);
  expect(await pathsOn('2027-05-31')).toEqual(['Query.gone', 'Query.old', 'Query.asked.a']);
  expect(await pathsOn('2027-06-01')).toEqual(['Query.gone', 'Query.asked.a']);
});

it('gives every deprecation a replacement and a day', () => {
  const wrong = [...deprecationsIn(schema)].filter(([, reason]) => !FORM.test(reason));
  expect(wrong).toEqual([]);
});

it('tells a caller what it uses that is deprecated', async () => {
  const gateway = await startGateway();
  const Deprecated = graphql(`query UsesDeprecated { merchant { isSandbox mode } }`);
  const { extensions } = await gateway.execute(Deprecated);
  expect(extensions?.['deprecations']).toEqual([
    { coordinate: 'Merchant.isSandbox', reason: expect.stringMatching(FORM) },
  ]);
  const Current = graphql(`query UsesNoDeprecated { merchant { mode } }`);
  expect((await gateway.execute(Current)).extensions).not.toHaveProperty('deprecations');
});
