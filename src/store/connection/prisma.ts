import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { PrismaClient } from '../generated/prisma/client.ts';

export type Prisma = PrismaClient;

/** The client of the reading side, on the shared pool. */
export function createPrisma(pool: pg.Pool): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg(pool) });
}

/**
 * A client for one merchant, which refuses to read without that merchant in its `where`. The reading of a connection
 * asked for twice under two names is made by Pothos itself: it gets this one.
 */
export function guardPrisma(prisma: PrismaClient, merchantId: string): PrismaClient {
  return prisma.$extends({
    query: {
      $allModels: {
        $allOperations({ model, operation, args, query }) {
          if (!namesMerchant(model, args, merchantId)) throw new Error(`${model}.${operation} without its merchant`);
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
