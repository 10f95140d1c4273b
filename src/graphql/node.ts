import { queryFromInfo } from '@pothos/plugin-prisma';
import type { GraphQLResolveInfo } from 'graphql';
import { type IdKind, kindOfId } from '../domain/ids.ts';
import type { Entity, Row } from '../store/reading/reader.ts';
import { builder, scoped } from './builder.ts';
import type { Context } from './context.ts';
import { marked } from './direct/marks.ts';
import { requestError } from './pipeline/request-error.ts';

/** The types that implement `Node`, by the kind that the prefix of an id names. */
const NODES: Partial<Record<IdKind, { typename: string; entity: Entity }>> = {
  customer: { typename: 'Customer', entity: 'customer' },
  bankAccount: { typename: 'BankAccount', entity: 'bankAccount' },
  card: { typename: 'Card', entity: 'card' },
  paymentMethod: { typename: 'PaymentMethod', entity: 'paymentMethod' },
  mandate: { typename: 'Mandate', entity: 'mandate' },
  payment: { typename: 'Payment', entity: 'payment' },
  transaction: { typename: 'Transaction', entity: 'transaction' },
  deposit: { typename: 'Deposit', entity: 'deposit' },
  batch: { typename: 'Batch', entity: 'batch' },
  settlement: { typename: 'Settlement', entity: 'settlement' },
};

export const NodeRef = builder.interfaceRef<object>('Node').implement({
  description: 'Object with a unique identifier. The prefix of the id identifies its type.',
  fields: (t) => ({
    id: t.id({
      description: 'Unique identifier of the object; the prefix identifies its type.',
      resolve: (row) => (row as Row).id,
    }),
  }),
  resolveType: (row) => nodeOf((row as Row).id)?.typename,
});

/** Names of the types that implement `Node`. */
export const NODE_TYPES: readonly string[] = Object.values(NODES).map(({ typename }) => typename);

/** The name of the type that the prefix of an id names. */
export function typeOfId(id: string): string | undefined {
  return nodeOf(id)?.typename;
}

function nodeOf(id: string) {
  const kind = kindOfId(id);
  return kind ? NODES[kind] : undefined;
}

const IDS_MAX = 200;

/**
 * Returns the objects for ids of any type, in order; null for unknown, foreign or malformed ids. Runs one statement per
 * type.
 */
export async function findNodes(
  ids: readonly string[],
  context: Context,
  info: GraphQLResolveInfo,
): Promise<Array<Row | null>> {
  if (ids.length > IDS_MAX)
    throw requestError('PAGE_OUT_OF_RANGE', `\`ids\` can have at most ${IDS_MAX} entries.`, [['ids']]);
  const wanted = new Map(ids.map((id) => [id, nodeOf(id)]));
  const rows = new Map<string, Row>();
  for (const node of new Set(wanted.values())) {
    if (!node) continue;
    const query = queryFromInfo({ context, info, typeName: node.typename, select: { id: true } });
    const ofType = [...wanted].filter(([, value]) => value === node).map(([id]) => id);
    const list = { where: { id: { in: ofType } }, orderBy: [], take: null };
    for (const row of await context.reader.list(node.entity, query, list)) rows.set(row.id, row);
  }
  return ids.map((id) => rows.get(id) ?? null);
}

builder.queryFields((t) => ({
  node: t.field({
    type: NodeRef,
    nullable: true,
    description:
      'Returns an object of any type by its id; null when the id is unknown, malformed or belongs to another merchant.',
    args: { id: t.arg.id({ description: 'Unique identifier of the object.', required: true }) },
    ...scoped('read'),
    resolve: (_root, { id }, context, info) => findNode(id, context, info),
  }),
  nodes: t.field({
    type: [NodeRef],
    nullable: { list: false, items: true },
    description: `Returns at most ${IDS_MAX} objects of any type by their ids, in the same order; null for each id that \`node\` returns null for.`,
    args: { ids: t.arg.idList({ description: `Unique identifiers of at most ${IDS_MAX} objects.`, required: true }) },
    ...scoped('read'),
    resolve: (_root, { ids }, context, info) => findNodes(ids, context, info),
  }),
}));

/** Returns an object of any type by its id; null when the caller's merchant has none. */
export async function findNode(id: string, context: Context, info: GraphQLResolveInfo): Promise<Row | null> {
  return (await findNodes([id], context, info))[0] ?? null;
}

/**
 * Returns the options of a root field that returns the object with the value of an argument in the column of its name; null
 * when the caller's merchant has none.
 */
export function rootObject<Name extends string>(entity: Entity, name: Name) {
  return {
    ...scoped('read', marked({ found: { entity, name } })),
    resolve: (_root: unknown, args: Readonly<Record<Name, string>>, context: Context, info: GraphQLResolveInfo) => {
      const query = queryFromInfo({ context, info, select: { id: true } });
      return context.reader.find(entity, query, { [name]: args[name] }) as Promise<never>;
    },
  };
}

/** Returns an object of one type by its id; null when the caller's merchant has none. */
export function findById(entity: Entity, id: string, context: Context, info: GraphQLResolveInfo): Promise<never> {
  const query = queryFromInfo({ context, info, select: { id: true } });
  return context.reader.find(entity, query, { id }) as Promise<never>;
}
