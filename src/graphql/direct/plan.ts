import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  type OperationDefinitionNode,
} from 'graphql';
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js';
import { lookUp } from '../../domain/invariants.ts';
import { keepSql } from '../../store/reading/json-sql.ts';
import { orderByOf, reversed, upTo } from '../../store/reading/keyset.ts';
import type { EdgePart, Format, InfoPart, PagePart, PageQuery, Property, Shape } from '../../store/reading/shape.ts';
import { delegateOf, type Relation, table } from '../../store/reading/tables.ts';
import type { Where } from '../../store/reading/where.ts';
import { filterWhere, pageQuery } from '../lists/page.ts';
import { type PageArgs, pageRequestOf } from '../lists/page-request.ts';
import { all, type Bound, bound, derived, listed } from './bound.ts';
import type { ListMark, Mark } from './marks.ts';

// A plan says what a document reads, where no field of it needs JavaScript: columns as they are stored, related objects, and
// pages read forward. Everything else is executed by graphql-js.

/** What a root field reads. */
export type RootRead =
  | { readonly is: 'CONSTANT'; readonly json: string }
  | { readonly is: 'OBJECT'; readonly model: string; readonly where: Where; readonly shape: Shape }
  | { readonly is: 'PAGE'; readonly page: PageQuery; readonly parts: readonly PagePart[] };

/** A root field of a plan. */
export interface RootField {
  readonly key: string;
  readonly nodes: readonly FieldNode[];
  readonly isNullable: boolean;
  readonly read: Bound<RootRead>;
}

/** Thrown while a plan is bound: the request needs JavaScript after all. */
export class NotDirect extends Error {}

type Fields = ReadonlyMap<string, readonly FieldNode[]>;
interface Document {
  readonly schema: GraphQLSchema;
  readonly fragments: Record<string, FragmentDefinitionNode>;
  /** Values of the variables that directives use. */
  readonly variables: Record<string, unknown>;
}

/** Returns the plan of a query, or null when a part of it needs JavaScript. */
export function planQuery(document: Document, operation: OperationDefinitionNode): readonly RootField[] | null {
  const { schema, fragments, variables } = document;
  const root = schema.getQueryType();
  if (operation.operation !== 'query' || !root) return null;
  const fields = collectFields(schema, fragments, variables, root, operation.selectionSet);
  return all([...fields].map(([key, nodes]) => planRoot(document, root, key, nodes)));
}

function subfields({ schema, fragments, variables }: Document, type: GraphQLObjectType, nodes: readonly FieldNode[]) {
  return collectSubfields(schema, fragments, variables, type, nodes as FieldNode[]) as Fields;
}

function planRoot(
  document: Document,
  root: GraphQLObjectType,
  key: string,
  nodes: readonly FieldNode[],
): RootField | null {
  const [node] = nodes;
  if (!node) return null;
  const constant = typenameOf(node, root);
  if (constant) return { key, nodes, isNullable: false, read: { is: 'CONSTANT', json: constant } };
  const field = root.getFields()[node.name.value];
  const mark = field && markOf(field);
  const type = field && getNamedType(field.type);
  if (!mark || 'column' in mark || !isObjectType(type)) return null;
  const isNullable = !isNonNullType(field.type);
  if ('found' in mark) {
    const { entity, name } = mark.found;
    const shape = planObject(document, type, nodes);
    if (!shape) return null;
    const read: Bound<RootRead> = (binding) => ({
      is: 'OBJECT',
      model: entity,
      where: { [name]: getArgumentValues(field, node, binding.variables)[name] },
      shape: bound(shape, binding),
    });
    return { key, nodes, isNullable, read };
  }
  const page = planPage(document, field, nodes, mark.list, null);
  return page && { key, nodes, isNullable, read: derived(page, (found): RootRead => ({ is: 'PAGE', ...found })) };
}

/** Returns the plan of an object's selection, or null when a field of it needs JavaScript. */
function planObject(document: Document, type: GraphQLObjectType, nodes: readonly FieldNode[]): Bound<Shape> | null {
  const model = type.extensions['pothosPrismaModel'] as string | undefined;
  if (!model) return null;
  const of = delegateOf(model);
  const shape = listed(
    [...subfields(document, type, nodes)].map(([key, own]) => planField(document, type, of, key, own)),
  );
  return typeof shape === 'function' || shape === null ? shape : keepSql(shape);
}

function planField(
  document: Document,
  type: GraphQLObjectType,
  model: string,
  key: string,
  nodes: readonly FieldNode[],
): Bound<Property> | null {
  const [node] = nodes;
  if (!node) return null;
  const constant = typenameOf(node, type);
  if (constant) return { key, is: 'CONSTANT', json: constant };
  const field = type.getFields()[node.name.value];
  if (!field) return null;
  const { columns, relations } = table(model);
  const mark = markOf(field);
  const column = columns.get(mark && 'column' in mark ? mark.column : String(field.extensions['pothosExposedField']));
  const format = column && formatOf(field);
  if (column && format) return { key, is: 'COLUMN', column, format };
  if (mark && 'list' in mark) {
    const relation = lookUp(relations, mark.list.relation);
    const page = relation ? planPage(document, field, nodes, mark.list, relation) : null;
    return page && derived(page, (found): Property => ({ key, is: 'PAGE', ...found }));
  }
  const named = field.extensions['pothosPrismaRelationField'] as { readonly name: string } | undefined;
  const relation = lookUp(relations, named?.name);
  const related = getNamedType(field.type);
  if (!relation || relation.isMany || !isObjectType(related)) return null;
  const shape = planObject(document, related, nodes);
  return shape && derived(shape, (found): Property => ({ key, is: 'ONE', relation, shape: found }));
}

function typenameOf(node: FieldNode, type: GraphQLObjectType): string | null {
  return node.name.value === '__typename' ? JSON.stringify(type.name) : null;
}

function markOf({ extensions }: GraphQLField<unknown, unknown>): Mark | undefined {
  return extensions['direct'] as Mark | undefined;
}

const FORMATS: Readonly<Record<string, Format>> = {
  ID: 'RAW',
  String: 'RAW',
  Int: 'RAW',
  Boolean: 'RAW',
  Digits: 'RAW',
  Money: 'MONEY',
  Date: 'DATE',
  DateTime: 'DATE_TIME',
};

/** Returns how a column is written as the type of a field; null when only JavaScript can write it. */
function formatOf({ type }: GraphQLField<unknown, unknown>): Format | null {
  const named = isNonNullType(type) ? type.ofType : type;
  if (isListType(named)) return null;
  if (isEnumType(named)) return named.getValues().every(({ name, value }) => name === value) ? 'NAME' : null;
  return isScalarType(named) ? (FORMATS[named.name] ?? null) : null;
}

/** Returns the plan of a page of a list, or null when a part of it needs JavaScript. */
function planPage(
  document: Document,
  field: GraphQLField<unknown, unknown>,
  nodes: readonly FieldNode[],
  { entity, reading, relation: name }: ListMark,
  relation: Relation | null,
): Bound<{ page: PageQuery; parts: readonly PagePart[] }> | null {
  const [node] = nodes;
  const type = getNamedType(field.type);
  if (!node || !isObjectType(type)) return null;
  const parts = listed([...subfields(document, type, nodes)].map(([key, own]) => planPart(document, type, key, own)));
  if (!parts) return null;
  return (binding) => {
    const { context, variables, streamCursor } = binding;
    const args = getArgumentValues(field, node, variables) as PageArgs;
    const request = pageRequestOf(args, reading, name === null ? 'root' : 'nested', context);
    if (request.isBackward) throw new NotDirect('a page read backward');
    const own = filterWhere(args, reading, context);
    const filter = name === null && reading.listed ? { AND: [own, reading.listed] } : own;
    const { from, ordering, size, tag } = request;
    const page: PageQuery = {
      model: entity,
      relation,
      list: { ...pageQuery(request, filter), isFiltered: request.isFiltered },
      size,
      before: from && { where: { AND: [filter, upTo(from, ordering)] }, orderBy: orderByOf(reversed(ordering)) },
      filter,
      column: ordering.column,
      tag,
      streamCursor,
    };
    return { page, parts: bound(parts, binding) };
  };
}

function planPart(
  document: Document,
  type: GraphQLObjectType,
  key: string,
  nodes: readonly FieldNode[],
): Bound<PagePart> | null {
  const [node] = nodes;
  if (!node) return null;
  const constant = typenameOf(node, type);
  if (constant) return { key, is: 'CONSTANT', json: constant };
  const inner = getNamedType(type.getFields()[node.name.value]?.type);
  switch (node.name.value) {
    case 'totalCount':
      return { key, is: 'TOTAL_COUNT' };
    case 'totalCountIsExact':
      return { key, is: 'IS_COUNT_EXACT' };
    case 'streamCursor':
      return { key, is: 'STREAM_CURSOR' };
    case 'nodes': {
      const shape = isObjectType(inner) ? planObject(document, inner, nodes) : null;
      return shape && derived(shape, (found): PagePart => ({ key, is: 'NODES', shape: found }));
    }
    case 'edges': {
      const shape = isObjectType(inner) ? planEdge(document, inner, nodes) : null;
      return shape && derived(shape, (found): PagePart => ({ key, is: 'EDGES', shape: found }));
    }
    case 'pageInfo': {
      const parts = isObjectType(inner) ? planInfo(document, inner, nodes) : null;
      return parts && { key, is: 'INFO', parts };
    }
    default:
      return null;
  }
}

function planEdge(
  document: Document,
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
): Bound<readonly EdgePart[]> | null {
  return listed(
    [...subfields(document, type, nodes)].map(([key, own]): Bound<EdgePart> | null => {
      const [node] = own;
      const constant = node && typenameOf(node, type);
      if (constant) return { key, is: 'CONSTANT', json: constant };
      if (node?.name.value === 'cursor') return { key, is: 'CURSOR' };
      const inner = getNamedType(type.getFields()['node']?.type);
      const shape = node?.name.value === 'node' && isObjectType(inner) ? planObject(document, inner, own) : null;
      return shape && derived(shape, (found): EdgePart => ({ key, is: 'NODE', shape: found }));
    }),
  );
}

const INFO: Readonly<Record<string, 'HAS_NEXT' | 'HAS_PREVIOUS' | 'START_CURSOR' | 'END_CURSOR'>> = {
  hasNextPage: 'HAS_NEXT',
  hasPreviousPage: 'HAS_PREVIOUS',
  startCursor: 'START_CURSOR',
  endCursor: 'END_CURSOR',
};

function planInfo(
  document: Document,
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
): readonly InfoPart[] | null {
  return all(
    [...subfields(document, type, nodes)].map(([key, [node]]): InfoPart | null => {
      const constant = node && typenameOf(node, type);
      if (constant) return { key, is: 'CONSTANT', json: constant };
      const is = node && INFO[node.name.value];
      return is ? { key, is } : null;
    }),
  );
}
