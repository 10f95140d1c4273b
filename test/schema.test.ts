import { lexicographicSortSchema, printSchema, validateSchema } from 'graphql';
import { expect, it } from 'vitest';
import { unscopedRootFields } from '../src/graphql/authorize.ts';
import { schema } from '../src/graphql/schema.ts';

it('is printed in schema/schema.graphql as the code has it', async () => {
  await expect(`${printSchema(lexicographicSortSchema(schema))}\n`).toMatchFileSnapshot('../schema/schema.graphql');
});

it('is a schema that GraphQL accepts', () => {
  expect(validateSchema(schema)).toEqual([]);
});

it('says for each root field what a key must be allowed to do', () => {
  expect(unscopedRootFields(schema)).toEqual([]);
});
