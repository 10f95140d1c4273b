import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { PrismaClient } from '../../src/store/generated/prisma/client.ts';
import { COUNT_MAX } from '../../src/store/reading/keyset.ts';
import type { Entity, Reader, Row } from '../../src/store/reading/reader.ts';

// The second engine of reads: the same calls, answered by Prisma's client. Only tests use it, to compare its answers with those
// of the compiler.

interface Delegate {
  findMany(args: object): Promise<Row[]>;
  count(args: object): Promise<number>;
  groupBy(args: object): Promise<Array<Record<string, unknown> & { _count: { _all: number } }>>;
}

export function createPrisma(pool: pg.Pool): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg(pool) });
}

export function prismaReader(prisma: PrismaClient, merchantId: string): Reader {
  const delegate = (entity: Entity) => prisma[entity] as unknown as Delegate;
  const scope = (entity: Entity, where: object) => {
    if (entity === 'lookup') return where;
    return entity === 'merchant' ? { id: merchantId, AND: [where] } : { merchantId, AND: [where] };
  };
  const list: Reader['list'] = (entity, query, { where, orderBy, take }) =>
    delegate(entity).findMany({
      ...query,
      where: scope(entity, where),
      orderBy: [...orderBy],
      ...(take === null ? {} : { take }),
    });
  return {
    texts: null,
    list,
    find: async (entity, query, where) => (await list(entity, query, { where, orderBy: [], take: 1 }))[0] ?? null,
    exists: async (entity, where, orderBy) =>
      (await list(entity, { select: { id: true } }, { where, orderBy, take: 1 })).length > 0,
    count: (entity, where) => delegate(entity).count({ where: scope(entity, where), take: COUNT_MAX + 1 }),
    countByParent: async (entity, { column, ids }, where) => {
      const groups = await delegate(entity).groupBy({
        by: [column],
        where: { ...scope(entity, where), [column]: { in: [...ids] } },
        _count: { _all: true },
      });
      return new Map(groups.map((group) => [String(group[column]), group._count._all]));
    },
  };
}
