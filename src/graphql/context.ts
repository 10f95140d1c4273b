import DataLoader from 'dataloader';
import type { App, Caller } from '../services/app.ts';
import { guardPrisma, type Prisma } from '../store/prisma.ts';
import { countRowsByParent, type Entity } from '../store/reading/rows.ts';
import type { Where } from '../store/reading/where.ts';
import type { LogTail } from '../stream/log-tail.ts';

/** What the API needs of the gateway that runs it. */
export interface Gateway {
  readonly app: App;
  readonly tail: LogTail;
}

/** One count of a nested connection: of the rows of `entity` whose `column` is `parentId`. */
export interface NestedCount {
  readonly entity: Entity;
  readonly column: string;
  readonly parentId: string;
  readonly where: Where;
}

/** What resolvers know of a request. It knows nothing of the transport the request came by. */
export interface Context {
  readonly gateway: Gateway;
  readonly requestId: string;
  /** Null: nobody. The document is checked before anything runs, so a resolver with data always has a caller. */
  readonly caller: Caller | null;
  /** The reading client, kept to the caller's merchant. */
  readonly prisma: Prisma;
  readonly counts: DataLoader<NestedCount, number, string>;
}

/** A context for one request, or for one event of a subscription: its loaders must not outlive what they read. */
export function createContext(gateway: Gateway, requestId: string, caller: Caller | null): Context {
  const merchantId = caller?.merchantId ?? '';
  const prisma = guardPrisma(gateway.app.database.prisma, merchantId);
  const counts = new DataLoader((keys: readonly NestedCount[]) => loadCounts(prisma, merchantId, keys), {
    cacheKeyFn: keyOf,
  });
  return { gateway, requestId, caller, prisma, counts };
}

export function callerOf(context: Context): Caller {
  if (!context.caller) throw new Error('a resolver ran without a caller');
  return context.caller;
}

/** Counts with the same condition are one statement, for all parents. */
async function loadCounts(prisma: Prisma, merchantId: string, keys: readonly NestedCount[]): Promise<number[]> {
  const groups = new Map<string, NestedCount[]>();
  for (const key of keys) {
    const group = keyOf({ ...key, parentId: '' });
    groups.set(group, [...(groups.get(group) ?? []), key]);
  }
  const counts = new Map<string, number>();
  for (const [group, [first, ...rest]] of groups) {
    if (!first) continue;
    const ids = [first, ...rest].map((key) => key.parentId);
    const found = await countRowsByParent(prisma, first.entity, merchantId, { column: first.column, ids }, first.where);
    for (const id of ids) counts.set(`${group} ${id}`, found.get(id) ?? 0);
  }
  return keys.map((key) => counts.get(`${keyOf({ ...key, parentId: '' })} ${key.parentId}`) ?? 0);
}

function keyOf({ entity, column, parentId, where }: NestedCount): string {
  const condition = JSON.stringify(where, (_, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  return [entity, column, parentId, condition].join(' ');
}
