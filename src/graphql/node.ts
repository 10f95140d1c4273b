import { queryFromInfo } from '@pothos/plugin-prisma';
import type { GraphQLResolveInfo } from 'graphql';
import { type IdKind, kindOfId } from '../domain/ids.ts';
import { type Entity, findRow, findRows, type Row } from '../store/reading/rows.ts';
import { builder, scoped } from './builder.ts';
import { type Context, callerOf } from './context.ts';
import { requestError } from './pipeline/request-error.ts';

/** The types that have an id of their own, by the kind their ids say. */
const NODES: Partial<Record<IdKind, { typename: string; entity: Entity }>> = {
  customer: { typename: 'Customer', entity: 'customer' },
  bankAccount: { typename: 'BankAccount', entity: 'bankAccount' },
  card: { typename: 'Card', entity: 'card' },
  paymentMethod: { typename: 'PaymentMethod', entity: 'paymentMethod' },
  mandate: { typename: 'Mandate', entity: 'mandate' },
  payment: { typename: 'Payment', entity: 'payment' },
  transaction: { typename: 'Transaction', entity: 'transaction' },
  deposit: { typename: 'Deposit', entity: 'deposit' },
};

export const NodeRef = builder.interfaceRef<object>('Node').implement({
  description: 'Anything with an id. The prefix of the id says what it is.',
  fields: (t) => ({
    id: t.id({ description: 'Its id; the prefix says what it is.', resolve: (row) => (row as Row).id }),
  }),
  resolveType: (row) => nodeOf((row as Row).id)?.typename,
});

function nodeOf(id: string) {
  const kind = kindOfId(id);
  return kind ? NODES[kind] : undefined;
}

const IDS_MAX = 200;

/** The objects of any ids, in their order; null where an id is unknown, foreign or malformed. One statement a type. */
async function findNodes(
  ids: readonly string[],
  context: Context,
  info: GraphQLResolveInfo,
): Promise<Array<Row | null>> {
  if (ids.length > IDS_MAX) throw requestError('PAGE_OUT_OF_RANGE', `At most ${IDS_MAX} ids.`, [['ids']]);
  const { merchantId } = callerOf(context);
  const wanted = new Map(ids.map((id) => [id, nodeOf(id)]));
  const rows = new Map<string, Row>();
  for (const node of new Set(wanted.values())) {
    if (!node) continue;
    const query = queryFromInfo({ context, info, typeName: node.typename, select: { id: true } });
    const ofType = [...wanted].filter(([, value]) => value === node).map(([id]) => id);
    for (const row of await findRows(context.prisma, node.entity, query, merchantId, ofType)) rows.set(row.id, row);
  }
  return ids.map((id) => rows.get(id) ?? null);
}

builder.queryFields((t) => ({
  node: t.field({
    type: NodeRef,
    nullable: true,
    description: 'Any object by its id; null for an id that is unknown, foreign or malformed.',
    args: { id: t.arg.id({ description: 'Of anything.', required: true }) },
    ...scoped('read'),
    resolve: (_root, { id }, context, info) => findNode(id, context, info),
  }),
  nodes: t.field({
    type: [NodeRef],
    nullable: { list: false, items: true },
    description: `At most ${IDS_MAX} objects by their ids, in the same order; null where \`node\` would be.`,
    args: { ids: t.arg.idList({ description: 'Of anything, in the order of the answer.', required: true }) },
    ...scoped('read'),
    resolve: (_root, { ids }, context, info) => findNodes(ids, context, info),
  }),
}));

/** Any object by its id; null when there is none of the caller's. */
export async function findNode(id: string, context: Context, info: GraphQLResolveInfo): Promise<Row | null> {
  return (await findNodes([id], context, info))[0] ?? null;
}

/** A query field for one object by its id. */
export function findById(entity: Entity, id: string, context: Context, info: GraphQLResolveInfo): Promise<never> {
  const query = queryFromInfo({ context, info, select: { id: true } });
  return findRow(context.prisma, entity, query, callerOf(context).merchantId, { id }) as Promise<never>;
}
