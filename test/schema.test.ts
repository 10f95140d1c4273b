import {
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  lexicographicSortSchema,
  printSchema,
  validateSchema,
} from 'graphql';
import { expect, it } from 'vitest';
import { unscopedRootFields } from '../src/graphql/pipeline/authorize.ts';
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

it('describes every type, field, argument and value', () => {
  const types = Object.values(schema.getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
  );
  const bare = types.flatMap(described).filter(({ description }) => !description?.trim());
  expect(bare.map(({ coordinate }) => coordinate)).toEqual([]);
});

interface Described {
  readonly coordinate: string;
  readonly description: string | null | undefined;
}

function described(type: GraphQLNamedType): Described[] {
  const own = { coordinate: type.name, description: type.description };
  const at = (
    { name, description }: { name: string; description?: string | null | undefined },
    parent = type.name,
  ): Described => ({
    coordinate: `${parent}.${name}`,
    description,
  });
  if (isEnumType(type)) return [own, ...type.getValues().map((value) => at(value))];
  if (isInputObjectType(type)) return [own, ...Object.values(type.getFields()).map((field) => at(field))];
  if (!isObjectType(type) && !isInterfaceType(type)) return [own];
  return [
    own,
    ...Object.values(type.getFields()).flatMap((field) => [
      at(field),
      ...field.args.map((argument) => at(argument, `${type.name}.${field.name}`)),
    ]),
  ];
}

it('names the types without an id for the caches of clients', async () => {
  const types = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) && !isIntrospectionType(type));
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const names = types.filter(
    (type) => !('id' in (isObjectType(type) ? type.getFields() : {})) && !roots.includes(type as never),
  );
  const lines = names.map(({ name }) => `  '${name}',\n`).sort();
  await expect(
    `/** Object types without an \`id\`: caches keep them with the object that has them. */\nexport const EMBEDDED_TYPES = [\n${lines.join('')}] as const;\n`,
  ).toMatchFileSnapshot('../src/client/embedded-types.ts');
});
