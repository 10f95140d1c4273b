import { createContextCache } from '@pothos/core';
import { queryFromInfo } from '@pothos/plugin-prisma';
import type { FieldNode, GraphQLResolveInfo } from 'graphql';
import type { Scope } from '../../services/app.ts';
import { COUNT_MAX, NESTED_PAGE_SIZE, PAGE_SIZE_MAX, ROOT_PAGE_SIZE } from '../../store/reading/keyset.ts';
import type { Entity, Row } from '../../store/reading/reader.ts';
import type { Reading } from '../../store/reading/reading.ts';
import type { Where } from '../../store/reading/where.ts';
import { builder, scoped } from '../builder.ts';
import type { Context } from '../context.ts';
import { marked } from '../direct/marks.ts';
import { OrderDirectionRef } from '../enums/call.ts';
import { describe } from '../enums/describe.ts';
import { filterInput, spaced } from './filter.ts';
import { logHead } from './log-head.ts';
import { cursorSelection, filterWhere, type Page, pageOf, pageQuery } from './page.ts';
import { type PageArgs, type PageRequest, pageRequestOf } from './page-request.ts';

/** The entity that a connection lists, and its filters and orderings. */
export interface Listed {
  readonly entity: Entity;
  readonly reading: Reading;
}

const PageInfoRef = builder.objectRef<Page>('PageInfo').implement({
  description: 'Position of a page in its list.',
  fields: (t) => ({
    hasNextPage: t.boolean({
      description: 'Whether more items follow this page.',
      resolve: (page) => page.hasNextPage(),
    }),
    hasPreviousPage: t.boolean({
      description: 'Whether items precede this page.',
      resolve: (page) => page.hasPreviousPage(),
    }),
    startCursor: t.string({
      description: 'Cursor of the first item; null when the page is empty.',
      nullable: true,
      resolve: (page) => cursorAt(page, 0),
    }),
    endCursor: t.string({
      description: 'Cursor of the last item; null when the page is empty.',
      nullable: true,
      resolve: (page) => cursorAt(page, -1),
    }),
  }),
});

function cursorAt(page: Page, index: number): string | null {
  const row = page.rows.at(index);
  return row ? page.cursorOf(row) : null;
}

/** Any reference to an object type. */
type NodeRef = (Parameters<typeof builder.prismaObjectFields>[0] | Parameters<typeof builder.objectFields>[0]) & object;

const connectionRefs = new Map<string, ReturnType<typeof makeConnection>>();

/** Returns the connection type with this name; it is created on first use. */
export function connectionOf(name: string, node: NodeRef) {
  const known = connectionRefs.get(name) ?? makeConnection(name, node);
  connectionRefs.set(name, known);
  return known;
}

function makeConnection(name: string, node: NodeRef) {
  // Prisma reads the columns that the selection under `node` needs, so the shape of a row differs per document.
  const nodeType = node as never;
  const edge = builder.objectRef<{ page: Page; row: Row }>(`${name}Edge`).implement({
    description: `One ${name} object in a list, with its cursor.`,
    fields: (t) => ({
      cursor: t.string({
        description: 'Opaque cursor of this item. Pass it as `after` or `before` to continue from here.',
        resolve: ({ page, row }) => page.cursorOf(row),
      }),
      node: t.field({ description: 'The object at this cursor.', type: nodeType, resolve: ({ row }) => row as never }),
    }),
  });
  return builder.objectRef<Page>(`${name}Connection`).implement({
    description: `One page of a list of ${name} objects.`,
    fields: (t) => ({
      edges: t.field({
        description: 'The objects of this page with their cursors.',
        type: [edge],
        resolve: (page) => page.rows.map((row) => ({ page, row })),
      }),
      nodes: t.field({
        description: 'The objects of this page without cursors.',
        type: [nodeType],
        resolve: (page) => page.rows as never,
      }),
      pageInfo: t.field({
        description: 'Position of this page in the list.',
        type: PageInfoRef,
        resolve: (page) => page,
      }),
      totalCount: t.int({
        description: `Number of objects that match the filter, on all pages. Counted only when selected, and up to ${COUNT_MAX.toLocaleString('en')}.`,
        resolve: async (page) => Math.min(await page.totalCount(), COUNT_MAX),
      }),
      totalCountIsExact: t.boolean({
        description: `Whether \`totalCount\` is the number of all objects; false when there are more than ${COUNT_MAX.toLocaleString('en')}.`,
        resolve: async (page) => (await page.totalCount()) <= COUNT_MAX,
      }),
      streamCursor: t.string({
        description:
          'Cursor of the event log, read before these objects. Subscribe with it as `after` to receive every later change.',
        resolve: (page) => page.streamCursor(),
      }),
    }),
  });
}

const NODE_PATHS = [[{ name: 'nodes' }], [{ name: 'edges' }, { name: 'node' }]];
const orderRefs = new Map<string, ReturnType<typeof makeOrder>>();

function orderInput(reading: Reading) {
  const known = orderRefs.get(reading.entity) ?? makeOrder(reading);
  orderRefs.set(reading.entity, known);
  return known;
}

/** Returns the readable name of an order field: `FIRST_NOMINAL_DATE` is "first nominal date". */
function words(name: string): string {
  return name === 'CREATED_AT' ? 'creation time' : name.toLowerCase().replaceAll('_', ' ');
}

function makeOrder({ entity, orderings }: Reading) {
  const field = builder.enumType(`${entity}OrderField`, {
    description: `Fields that a list of ${entity} objects can be sorted by. Ties are sorted by id.`,
    values: describe(
      Object.fromEntries(Object.keys(orderings).map((name) => [name, `Sorts the list by ${words(name)}.`])),
    ),
  });
  return builder.inputType(`${entity}Order`, {
    description: `Sort order of a list of ${entity} objects.`,
    fields: (t) => ({
      field: t.field({ description: 'The field to sort by.', type: field, required: true }),
      direction: t.field({ description: 'The direction to sort in.', type: OrderDirectionRef, required: true }),
    }),
  });
}

type ArgBuilder = Parameters<Parameters<typeof builder.queryField>[1]>[0]['arg'];

/** Returns the arguments of a connection. */
export function pageArguments(arg: ArgBuilder, reading: Reading) {
  return {
    first: arg.int({
      description: `Returns the first \`n\` items of the list, or of the items after the cursor (0 to ${PAGE_SIZE_MAX}). Default: ${ROOT_PAGE_SIZE} at the root of a query, ${NESTED_PAGE_SIZE} in nested lists.`,
    }),
    after: arg.string({
      description: 'Returns items after this cursor. Not allowed together with `last` or `before`.',
    }),
    last: arg.int({
      description: `Returns the last \`n\` items of the list, or of the items before the cursor (0 to ${PAGE_SIZE_MAX}).`,
    }),
    before: arg.string({
      description: 'Returns items before this cursor. Not allowed together with `first` or `after`.',
    }),
    filter: arg({
      description: 'Returns only items that match this filter. Default: all items.',
      type: filterInput(reading),
    }),
    orderBy: arg({ type: orderInput(reading), description: 'Sort order of the items. Default: newest first.' }),
  };
}

/** Adds a root query field that lists all objects of an entity that belong to the caller's merchant. */
export function rootConnection(
  field: string,
  name: string,
  node: NodeRef,
  listed: Listed,
  description: string,
  scope: Scope = 'read',
): void {
  builder.queryField(field, (t) =>
    t.field({
      type: connectionOf(name, node),
      description,
      args: pageArguments(t.arg, listed.reading),
      ...scoped(scope, marked({ list: { ...listed, relation: null } })),
      resolve: (_root, args, context, info) => readRootPage(args as PageArgs, listed, context, info),
    }),
  );
}

async function readRootPage(args: PageArgs, listed: Listed, context: Context, info: GraphQLResolveInfo): Promise<Page> {
  const request = pageRequestOf(args, listed.reading, 'root', context);
  const filter = { AND: [filterWhere(args, listed.reading, context), listed.reading.listed ?? {}] };
  const select = cursorSelection(request.ordering);
  const query = queryFromInfo({ context, info, select, paths: NODE_PATHS });
  const found = await context.reader.list(listed.entity, query, {
    ...pageQuery(request, filter),
    isFiltered: request.isFiltered,
  });
  return pageOf(found, request, listed, filter, context, () => logHead(context));
}

type NestedQuery = (query: object, path?: object) => { select?: object };

/**
 * Returns the field options of a nested connection. Its rows are read by the statement that reads the parent. `column`
 * is the column that holds the id of the parent.
 */
export function nestedConnection(relation: string, name: string, node: NodeRef, listed: Listed, column: string) {
  return {
    type: connectionOf(name, node),
    description: `The ${spaced(relation)} of this ${spaced(column.replace(/Id$/, ''))}, newest first by default.`,
    extensions: marked({ list: { ...listed, relation } }),
    select: (args: object, context: Context, nested: NestedQuery) => {
      const request = pageRequestOf(args as PageArgs, listed.reading, 'nested', context);
      const query = pageQuery(request, filterWhere(args as PageArgs, listed.reading, context));
      const rows = nested(query, { getType: () => name, paths: NODE_PATHS });
      return { id: true, [relation]: { ...rows, select: { ...cursorSelection(request.ordering), ...rows.select } } };
    },
    resolve: (parent: object, args: object, context: Context, info: GraphQLResolveInfo): Page => {
      const { request, filter } = nestedRequest(args as PageArgs, listed.reading, context, info);
      const row = parent as Row;
      const found = (row[relation] ?? []) as Row[];
      const source = { ...listed, parent: { column, id: row.id } };
      return pageOf(found, request, source, filter, context, () => logHead(context));
    },
  };
}

interface NestedRequest {
  readonly request: PageRequest;
  readonly filter: Where;
}

const nestedRequests = createContextCache(() => new Map<FieldNode | undefined, NestedRequest>());

/** Returns the page and filter of a nested connection, read once for its field of the document, whatever the number of parents. */
function nestedRequest(
  args: PageArgs,
  reading: Reading,
  context: Context,
  { fieldNodes: [field] }: GraphQLResolveInfo,
): NestedRequest {
  const cache = nestedRequests(context);
  const known = cache.get(field);
  if (known) return known;
  const request = pageRequestOf(args, reading, 'nested', context);
  const read = { request, filter: filterWhere(args, reading, context) };
  cache.set(field, read);
  return read;
}
