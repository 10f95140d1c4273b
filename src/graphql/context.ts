import type { Caller } from '../services/app.ts';
import { guardPrisma, type Prisma } from '../store/prisma.ts';
import type { Gateway } from './gateway.ts';
import { createLoaders, type Loaders } from './loaders.ts';

/** What resolvers know of a request. It knows nothing of the transport the request came by. */
export interface Context {
  readonly gateway: Gateway;
  readonly requestId: string;
  /** Null: nobody. The document is checked before anything runs, so a resolver with data always has a caller. */
  readonly caller: Caller | null;
  /** The reading client, kept to the caller's merchant. */
  readonly prisma: Prisma;
  readonly loaders: Loaders;
}

/** A context for one request, or for one event of a subscription: its loaders must not outlive what they read. */
export function createContext(gateway: Gateway, requestId: string, caller: Caller | null): Context {
  const prisma = guardPrisma(gateway.app.database.prisma, caller?.merchantId ?? '');
  return { gateway, requestId, caller, prisma, loaders: createLoaders(gateway, prisma, caller) };
}

export function callerOf(context: Context): Caller {
  if (!context.caller) throw new Error('a resolver ran without a caller');
  return context.caller;
}
