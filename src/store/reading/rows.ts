import type { Prisma } from '../connection/prisma.ts';
import type { Where } from './where.ts';

/** The entities that the API reads. */
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

/** A row with the selected fields; the id is always included. */
export type Row = Readonly<Record<string, unknown>> & { readonly id: string };

/** The `select` or `include` that Pothos derives from a GraphQL selection. */
export type Query = object;

/** Prisma operations that all tables have. Their `where` types differ only in the names of columns. */
interface Delegate {
  findMany(args: object): Promise<Row[]>;
  findFirst(args: object): Promise<Row | null>;
  count(args: object): Promise<number>;
  groupBy(args: object): Promise<Array<Record<string, unknown> & { _count: { _all: number } }>>;
}

function table(prisma: Prisma, entity: Entity): Delegate {
  return prisma[entity] as unknown as Delegate;
}

/** Merchant, condition, order and maximum number of the rows of a page. */
export interface RowsRequest {
  readonly merchantId: string;
  readonly where: Where;
  readonly orderBy: ReadonlyArray<Readonly<Record<string, 'asc' | 'desc'>>>;
  readonly take: number;
}

/** Returns the rows of a page in one statement, including the relations that the query selects. */
export function listRows(prisma: Prisma, entity: Entity, query: Query, request: RowsRequest): Promise<Row[]> {
  const { merchantId, where, orderBy, take } = request;
  return table(prisma, entity).findMany({ ...query, where: { merchantId, AND: [where] }, orderBy, take });
}

/** Returns a row that matches a condition, or null when there is none. */
export function findRow(
  prisma: Prisma,
  entity: Entity,
  query: Query,
  merchantId: string,
  where: Where,
): Promise<Row | null> {
  return table(prisma, entity).findFirst({ ...query, where: { merchantId, ...where } });
}

/** Returns rows by id, in no particular order. */
export function findRows(
  prisma: Prisma,
  entity: Entity,
  query: Query,
  merchantId: string,
  ids: readonly string[],
): Promise<Row[]> {
  return table(prisma, entity).findMany({ ...query, where: { merchantId, id: { in: [...ids] } } });
}

/** Returns whether a row matches a condition. */
export async function existsRow(prisma: Prisma, entity: Entity, merchantId: string, where: Where): Promise<boolean> {
  return (await findRow(prisma, entity, { select: { id: true } }, merchantId, where)) !== null;
}

/** Returns the number of rows that match a condition. */
export function countRows(prisma: Prisma, entity: Entity, merchantId: string, where: Where): Promise<number> {
  return table(prisma, entity).count({ where: { merchantId, AND: [where] } });
}

/**
 * Returns the number of matching rows by parent id, in one statement for all parents. Parents without rows are absent.
 */
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
