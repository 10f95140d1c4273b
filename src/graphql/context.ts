import type { Allowances, Payer } from '../admission/allowances.ts';
import type { App, Caller, Identity } from '../services/app.ts';
import type { UnreadableRecord } from '../services/batch/batch.ts';
import { guardPrisma, type Prisma } from '../store/connection/prisma.ts';
import { createLoaders, type Loaders } from './loaders.ts';
import { NumberSearches } from './pipeline/number-searches.ts';

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
  /** Null without a caller. */
  readonly numberSearches: NumberSearches | null;
  /** A context for one event of a subscription: its loaders must not outlive what they read. */
  refresh(): Context;
  /** Records of the variables that could not be read, by the client keys of what stands in for them. */
  readonly unreadable?: ReadonlyMap<string, UnreadableRecord>;
}

/** What a context is made with, beside what came with the request. */
export interface ContextParts {
  readonly app: App;
  readonly allowances: Allowances;
}

/** A context for one request. */
export function createContext(
  parts: ContextParts,
  { requestId, identity, payer, resumeAfter = null }: Incoming,
): Context {
  const caller = identity && { ...identity, requestId };
  const { app } = parts;
  const prisma = guardPrisma(app.database.prisma, caller?.merchantId ?? '');
  return {
    app,
    requestId,
    caller,
    resumeAfter,
    prisma,
    loaders: createLoaders(app, prisma, caller),
    numberSearches: caller && new NumberSearches(app, caller, payer, parts.allowances),
    refresh: () => createContext(parts, { requestId, identity, payer, inputPoints: 0, resumeAfter }),
  };
}

export function callerOf(context: Context): Caller {
  if (!context.caller) throw new Error('a resolver ran without a caller');
  return context.caller;
}
