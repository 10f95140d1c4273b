import { queryFromInfo } from '@pothos/plugin-prisma';
import type { GraphQLResolveInfo } from 'graphql';
import { encodeCursor } from '../../event-log/cursor.ts';
import type { Scope } from '../../services/app.ts';
import { queryable } from '../../store/connection/database.ts';
import { findLogHead } from '../../store/events/event-log.ts';
import type { Reading } from '../../store/reading/description.ts';
import { type Entity, listRows, type Row } from '../../store/reading/rows.ts';
import { builder, scoped } from '../builder.ts';
import { type Context, callerOf } from '../context.ts';
import { OrderDirectionRef } from '../enums/call.ts';
import { describe } from '../enums/describe.ts';
import { selectedFields } from '../selected-fields.ts';
import { filterInput } from './filter.ts';
import { cursorSelection, filterWhere, type Page, pageOf, pageQuery } from './page.ts';
import { type PageArgs, pageRequestOf } from './page-request.ts';

/** What a connection needs to know of an entity. */
export interface Listed {
  readonly entity: Entity;
  readonly reading: Reading;
}

const PageInfoRef = builder.objectRef<Page>('PageInfo').implement({
  description: 'Where a page is in its list.',
  fields: (t) => ({
    hasNextPage: t.boolean({ description: 'Whether rows follow this page.', resolve: (page) => page.hasNextPage() }),
    hasPreviousPage: t.boolean({
      description: 'Whether rows precede this page.',
      resolve: (page) => page.hasPreviousPage(),
    }),
    startCursor: t.string({
      description: 'Of the first row; null when there is none.',
      nullable: true,
      resolve: (page) => cursorAt(page, 0),
    }),
    endCursor: t.string({
      description: 'Of the last row; null when there is none.',
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

/** The connection type of an entity, made once. */
export function connectionOf(name: string, node: NodeRef) {
  const known = connectionRefs.get(name) ?? makeConnection(name, node);
  connectionRefs.set(name, known);
  return known;
}

function makeConnection(name: string, node: NodeRef) {
  // The rows are what the selection under `node` asked of Prisma: their shape is known to Pothos per document, not here.
  const nodeType = node as never;
  const edge = builder.objectRef<{ page: Page; row: Row }>(`${name}Edge`).implement({
    description: `A ${name} in a list, and its place there.`,
    fields: (t) => ({
      cursor: t.string({
        description: 'The place of the object in the list: page on after or before it.',
        resolve: ({ page, row }) => page.cursorOf(row),
      }),
      node: t.field({ description: 'The object.', type: nodeType, resolve: ({ row }) => row as never }),
    }),
  });
  return builder.objectRef<Page>(`${name}Connection`).implement({
    description: `A page of a list of ${name} objects.`,
    fields: (t) => ({
      edges: t.field({
        description: 'The objects with their places.',
        type: [edge],
        resolve: (page) => page.rows.map((row) => ({ page, row })),
      }),
      nodes: t.field({ description: 'The objects alone.', type: [nodeType], resolve: (page) => page.rows as never }),
      pageInfo: t.field({ description: 'Where the page is in its list.', type: PageInfoRef, resolve: (page) => page }),
      totalCount: t.int({
        description: 'How many there are with this filter. Counted only when selected.',
        resolve: (page) => page.totalCount(),
      }),
      streamCursor: t.string({
        description: 'The end of the event log read before these rows: subscribe after it and miss nothing.',
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

/** `FIRST_NOMINAL_DATE` in the words of people. */
function words(name: string): string {
  return name === 'CREATED_AT' ? 'when it was made' : `its ${name.toLowerCase().replaceAll('_', ' ')}`;
}

function makeOrder({ entity, orderings }: Reading) {
  const field = builder.enumType(`${entity}OrderField`, {
    description: `What ${entity} objects can be ordered by. The id breaks ties.`,
    values: describe(Object.fromEntries(Object.keys(orderings).map((name) => [name, `By ${words(name)}.`]))),
  });
  return builder.inputType(`${entity}Order`, {
    description: 'An order of a list.',
    fields: (t) => ({
      field: t.field({ description: 'By what.', type: field, required: true }),
      direction: t.field({ description: 'Which end first.', type: OrderDirectionRef, required: true }),
    }),
  });
}

type ArgBuilder = Parameters<Parameters<typeof builder.queryField>[1]>[0]['arg'];

/** The arguments of a connection. */
export function pageArguments(arg: ArgBuilder, reading: Reading) {
  return {
    first: arg.int({ description: 'At most so many, from the start or after `after`: 0 to 200.' }),
    after: arg.string({ description: 'A cursor: what comes after it.' }),
    last: arg.int({ description: 'At most so many, from the end or before `before`: 0 to 200.' }),
    before: arg.string({ description: 'A cursor: what comes before it.' }),
    filter: arg({ description: 'Which of them; all, when absent.', type: filterInput(reading) }),
    orderBy: arg({ type: orderInput(reading), description: 'Newest first when absent.' }),
  };
}

/** A connection at the root: all objects of an entity that the caller's merchant has. */
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
      ...scoped(scope),
      resolve: (_root, args, context, info) => readRootPage(args as PageArgs, listed, context, info),
    }),
  );
}

async function readRootPage(args: PageArgs, listed: Listed, context: Context, info: GraphQLResolveInfo): Promise<Page> {
  const request = pageRequestOf(args, listed.reading, 'root', context);
  const filter = { AND: [filterWhere(args, listed.reading, context), listed.reading.listed ?? {}] };
  // The head first, then the rows: the cursor may be behind what is shown, never ahead of it.
  const cursor = selectedFields(info).has('streamCursor') ? await headCursor(context) : null;
  const select = cursorSelection(request.ordering);
  const query = queryFromInfo({ context, info, select, paths: NODE_PATHS });
  const page = { merchantId: callerOf(context).merchantId, ...pageQuery(request, filter) };
  const found = await listRows(context.prisma, listed.entity, query, page);
  return pageOf(found, request, listed, filter, context, async () => cursor ?? headCursor(context));
}

/** The end of the caller's event log now. */
export async function headCursor(context: Context): Promise<string> {
  const { database, secrets } = context.app;
  const { merchantId, epoch, lastPosition } = await findLogHead(queryable(database), callerOf(context).merchantId);
  return encodeCursor(secrets, { merchantId, epoch, position: lastPosition });
}

type NestedQuery = (query: object, path?: object) => { select?: object };

/**
 * The field options of a nested connection: its rows are selected as part of the parent's statement, and its page made of
 * what came with the parent. `column` is the one that names the parent.
 */
export function nestedConnection(relation: string, name: string, node: NodeRef, listed: Listed, column: string) {
  return {
    type: connectionOf(name, node),
    description: `Its ${relation.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}.`,
    select: (args: object, context: Context, nested: NestedQuery) => {
      const request = pageRequestOf(args as PageArgs, listed.reading, 'nested', context);
      const query = pageQuery(request, filterWhere(args as PageArgs, listed.reading, context));
      const rows = nested(query, { getType: () => name, paths: NODE_PATHS });
      return { id: true, [relation]: { ...rows, select: { ...cursorSelection(request.ordering), ...rows.select } } };
    },
    resolve: (parent: object, args: object, context: Context): Page => {
      const request = pageRequestOf(args as PageArgs, listed.reading, 'nested', context);
      const filter = filterWhere(args as PageArgs, listed.reading, context);
      const row = parent as Row;
      const found = (row[relation] ?? []) as Row[];
      const source = { ...listed, parent: { column, id: row.id } };
      return pageOf(found, request, source, filter, context, () => headCursor(context));
    },
  };
}
