import {
  type GraphQLFieldConfig,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
  GraphQLUnionType,
  isObjectType,
  printSchema,
} from 'graphql';
import { scoped } from './builder.ts';
import type { Context } from './context.ts';
import { findNodes, NODE_TYPES, typeOfId } from './node.ts';
import { requestError } from './pipeline/request-error.ts';

/** The version of Apollo Federation whose directives the schema uses. */
const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])';

/** An object that a router asks for: its type and id. */
interface Representation {
  readonly __typename: string;
  readonly id: string;
}

/**
 * Returns a schema as a subgraph of Apollo Federation 2: `_service` tells it to a router, `_entities` returns objects of any `Node`
 * type by their ids, as `nodes` does.
 */
export function subgraphOf(schema: GraphQLSchema): GraphQLSchema {
  const config = schema.toConfig();
  const query = schema.getQueryType();
  if (!query) throw new Error('the schema has no queries');
  const { fields, ...own } = query.toConfig();
  const extended = new GraphQLObjectType({ ...own, fields: { ...fields, ...entryFields(schema) } });
  return new GraphQLSchema({
    ...config,
    query: extended,
    types: config.types.map((type) => (type === query ? extended : type)),
  });
}

function entryFields(schema: GraphQLSchema): Record<string, GraphQLFieldConfig<unknown, Context>> {
  const types = NODE_TYPES.map((name) => schema.getType(name)).filter(isObjectType);
  const service = new GraphQLObjectType({
    name: '_Service',
    description: 'The subgraph as a router reads it.',
    fields: { sdl: { type: GraphQLString, description: 'The schema in the language of Apollo Federation 2.' } },
  });
  const entity = new GraphQLUnionType({
    name: '_Entity',
    description: 'An object that other subgraphs can refer to.',
    types,
    resolveType: (row) => typeOfId((row as { id: string }).id),
  });
  const any = new GraphQLScalarType({ name: '_Any', description: 'The type and the id of an object.' });
  const sdl = sdlOf(schema);
  return {
    _service: {
      type: new GraphQLNonNull(service),
      description: 'The subgraph as a router reads it.',
      resolve: () => ({ sdl }),
    },
    _entities: {
      type: new GraphQLNonNull(new GraphQLList(entity)),
      description: 'Objects by type and id, in the same order; null for those that the merchant does not have.',
      args: { representations: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(any))) } },
      ...scoped('read'),
      resolve: (_root, { representations }, context, info) => {
        const ids = (representations as unknown[]).map(idOf);
        return findNodes(ids, context, info);
      },
    },
  };
}

/** The id of a representation. One whose id is of another type is a mistake of the router's schema. */
function idOf(given: unknown): string {
  const { __typename: typename, id } = (given ?? {}) as Partial<Representation>;
  if (typeof id !== 'string' || typeof typename !== 'string')
    throw requestError('BAD_REQUEST', 'A representation has a "__typename" and an "id".', [['representations']]);
  return typeOfId(id) === typename ? id : '';
}

/** Prints the schema with the keys of its objects. */
function sdlOf(schema: GraphQLSchema): string {
  const keyed = new RegExp(`^type (${NODE_TYPES.join('|')}) implements Node`, 'gm');
  return `${LINK}\n\n${printSchema(schema).replaceAll(keyed, '$& @key(fields: "id")')}`;
}
