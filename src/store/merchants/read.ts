import type { Database } from '../connection/database.ts';
import type { Prisma } from '../connection/prisma.ts';
import type { Query } from '../reading/rows.ts';

/** Returns a merchant with the columns and relations that the query selects. Throws when there is none. */
export function findMerchant(prisma: Prisma, query: Query, merchantId: string) {
  return prisma.merchant.findUniqueOrThrow({ ...query, where: { id: merchantId } });
}

/** Returns the lookups of a type, by title; only those with one of `values` unless it is null. Lookups belong to no merchant. */
export function listLookups({ prisma }: Database, query: Query, type: string, values: readonly string[] | null) {
  return prisma.lookup.findMany({
    ...query,
    where: { type, ...(values === null ? {} : { enum: { in: [...values] } }) },
    orderBy: [{ title: 'asc' }, { id: 'asc' }],
  });
}
