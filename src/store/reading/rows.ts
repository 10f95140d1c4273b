import type { Prisma } from '../connection/prisma.ts';
import type { Where } from './where.ts';

/** The tables the API reads, by entity. */
export type Entity =
  | 'customer'
  | 'bankAccount'
  | 'card'
  | 'paymentMethod'
  | 'mandate'
  | 'payment'
  | 'transaction'
  | 'deposit'
  | 'auditEntry'
  | 'apiKey';

/** A row as the selection asked for it; its id is always there. */
export type Row = Readonly<Record<string, unknown>> & { readonly id: string };

/** What Pothos made of a selection: `select` or `include` of a query, spread into it. */
export type Query = object;

/** What the tables have in common, as Prisma spells it. Their `where` types differ only in names of columns. */
interface Delegate {
  findMany(args: object): Promise<Row[]>;
  findFirst(args: object): Promise<Row | null>;
  count(args: object): Promise<number>;
  groupBy(args: object): Promise<Array<Record<string, unknown> & { _count: { _all: number } }>>;
}

function table(prisma: Prisma, entity: Entity): Delegate {
  return prisma[entity] as unknown as Delegate;
}

export interface RowsRequest {
  readonly merchantId: string;
  readonly where: Where;
  readonly orderBy: ReadonlyArray<Readonly<Record<string, 'asc' | 'desc'>>>;
  readonly take: number;
}

/** The rows of a page: one statement, whatever of their relations the query selects. */
export function listRows(prisma: Prisma, entity: Entity, query: Query, request: RowsRequest): Promise<Row[]> {
  const { merchantId, where, orderBy, take } = request;
  return table(prisma, entity).findMany({ ...query, where: { merchantId, AND: [where] }, orderBy, take });
}

export function findRow(
  prisma: Prisma,
  entity: Entity,
  query: Query,
  merchantId: string,
  where: Where,
): Promise<Row | null> {
  return table(prisma, entity).findFirst({ ...query, where: { merchantId, ...where } });
}

/** Rows by id, in no order. */
export function findRows(
  prisma: Prisma,
  entity: Entity,
  query: Query,
  merchantId: string,
  ids: readonly string[],
): Promise<Row[]> {
  return table(prisma, entity).findMany({ ...query, where: { merchantId, id: { in: [...ids] } } });
}

export async function existsRow(prisma: Prisma, entity: Entity, merchantId: string, where: Where): Promise<boolean> {
  return (await findRow(prisma, entity, { select: { id: true } }, merchantId, where)) !== null;
}

export function countRows(prisma: Prisma, entity: Entity, merchantId: string, where: Where): Promise<number> {
  return table(prisma, entity).count({ where: { merchantId, AND: [where] } });
}

/** How many rows each parent has: one statement for all parents. */
export async function countRowsByParent(
  prisma: Prisma,
  entity: Entity,
  merchantId: string,
  parent: { column: string; ids: readonly string[] },
  where: Where,
): Promise<ReadonlyMap<string, number>> {
  const groups = await table(prisma, entity).groupBy({
    by: [parent.column],
    where: { merchantId, [parent.column]: { in: [...parent.ids] }, AND: [where] },
    _count: { _all: true },
  });
  return new Map(groups.map((group) => [String(group[parent.column]), group._count._all]));
}
