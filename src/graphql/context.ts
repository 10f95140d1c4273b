import type { Payer } from '../admission/allowances.ts';
import type { App, Caller, Identity } from '../services/app.ts';
import type { UnreadableRecord } from '../services/batch.ts';
import { guardPrisma, type Prisma } from '../store/prisma.ts';
import { createLoaders, type Loaders } from './loaders.ts';

/** What a transport knows of a request. */
export interface Incoming {
  /** The id under which it is logged and answered. */
  readonly requestId: string;
  readonly identity: Identity | null;
  /** Who is charged for it. */
  readonly payer: Payer;
  /** The points that reading its text cost, which are charged already. */
  readonly inputPoints: number;
  /** A stream cursor that came beside the document, in place of its argument `after`. */
  readonly resumeAfter?: string | null;
}

/** What resolvers know of a request. It knows nothing of the transport the request came by. */
export interface Context {
  readonly app: App;
  readonly requestId: string;
  /** Null: nobody. The document is checked before anything runs, so a resolver with data always has a caller. */
  readonly caller: Caller | null;
  /** A stream cursor that came beside the document, in place of its argument `after`. */
  readonly resumeAfter: string | null;
  /** The reading client, kept to the caller's merchant. */
  readonly prisma: Prisma;
  readonly loaders: Loaders;
  /** Records of the variables that could not be read, by the client keys of what stands in for them. */
  readonly unreadable?: ReadonlyMap<string, UnreadableRecord>;
}

/** A context for one request. */
export function createContext(app: App, { requestId, identity, resumeAfter = null }: Incoming): Context {
  return freshContext(app, requestId, identity && { ...identity, requestId }, resumeAfter);
}

/** A context for one event of a subscription: its loaders must not outlive what they read. */
export function freshContext(
  app: App,
  requestId: string,
  caller: Caller | null,
  resumeAfter: string | null = null,
): Context {
  const prisma = guardPrisma(app.database.prisma, caller?.merchantId ?? '');
  return { app, requestId, caller, resumeAfter, prisma, loaders: createLoaders(app, prisma, caller) };
}

export function callerOf(context: Context): Caller {
  if (!context.caller) throw new Error('a resolver ran without a caller');
  return context.caller;
}
