import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { PrismaClient } from '../generated/prisma/client.ts';

/** The generated Prisma client. */
export type Prisma = PrismaClient;

/** Returns the Prisma client used for reads, on the shared pool. */
export function createPrisma(pool: pg.Pool): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg(pool) });
}

/**
 * Returns a client for one merchant, which throws on a query whose `where` does not name that merchant. It is given to
 * Pothos, which builds the query itself when one connection is selected under two aliases.
 */
export function guardPrisma(prisma: PrismaClient, merchantId: string): PrismaClient {
  return prisma.$extends({
    query: {
      $allModels: {
        $allOperations({ model, operation, args, query }) {
          if (!namesMerchant(model, args, merchantId)) throw new Error(`${model}.${operation} must filter by merchant`);
          return query(args);
        },
      },
    },
  }) as unknown as PrismaClient;
}

function namesMerchant(model: string, args: unknown, merchantId: string): boolean {
  const where = (args as { where?: Record<string, unknown> } | undefined)?.where;
  if (!where) return false;
  if (where[model === 'Merchant' ? 'id' : 'merchantId'] === merchantId) return true;
  return Object.entries(where).some(
    ([key, value]) => key.startsWith('merchantId_') && (value as { merchantId?: unknown })?.merchantId === merchantId,
  );
}
