import type { DocumentNode, ExecutionArgs, GraphQLError } from 'graphql';
import type { Allowances, Payer } from '../admission/allowances.ts';
import type { App, Caller, Identity } from '../services/app.ts';
import type { UnreadableRecord } from '../services/batch/batch.ts';
import { type PothosClient, pothosClient, type Reader } from '../store/reading/reader.ts';
import { createLoaders, type Loaders } from './loaders.ts';
import type { Limits } from './pipeline/limits/limits.ts';
import { NumberSearches } from './pipeline/number-searches.ts';

/** What a transport passes to the pipeline with a request. */
export interface Incoming {
  /** The id that is logged and returned to the caller. */
  readonly requestId: string;
  /** The id that the client gave to the request. */
  readonly clientRequestId?: string | null;
  readonly identity: Identity | null;
  /** The account that is charged for the request. */
  readonly payer: Payer;
  /** The points for reading the request text, which are already charged. */
  readonly inputPoints: number;
  /** A stream cursor that came beside the document, in place of its argument `after`. */
  readonly resumeAfter?: string | null;
}

/** The context that resolvers receive. It is independent of the transport. */
export interface Context {
  readonly app: App;
  readonly requestId: string;
  readonly payer: Payer;
  readonly inputPoints: number;
  /**
   * Null for a request without credentials. Documents are authorised before execution, so a resolver that reads data
   * has a caller.
   */
  readonly caller: Caller | null;
  /** A stream cursor that came beside the document, in place of its argument `after`. */
  readonly resumeAfter: string | null;
  /** Reads the data of the caller's merchant. */
  readonly reader: Reader;
  /** The reader in the form that Pothos needs. */
  readonly pothosClient: PothosClient;
  readonly loaders: Loaders;
  /** Limits of each request and of the payer. */
  readonly limits: Limits;
  /** Returns the points that the payer has left on this node. */
  pointsLeft(): number;
  /** Null without a caller. */
  readonly numberSearches: NumberSearches | null;
  /**
   * Returns a new context for one event of a subscription, so that its loaders do not return data cached for an earlier
   * event.
   */
  refresh(): Context;
  /** Parses and validates a document within the limits of requests. Throws the errors of the parser. */
  readonly prepare: (query: string) => PreparedDocument;
  /** Records of the variables that could not be read, by the client keys of their placeholders. */
  readonly unreadable?: ReadonlyMap<string, UnreadableRecord> | undefined;
  /** Returns a context of the same request with the records that could not be read. */
  withUnreadable(unreadable: ReadonlyMap<string, UnreadableRecord>): Context;
}

/** The arguments of an operation with their context. */
export type OperationArgs = ExecutionArgs & { readonly contextValue: Context };

/** The dependencies of a context that do not come with the request. */
export interface ContextParts {
  readonly app: App;
  readonly allowances: Allowances;
  readonly limits: Limits;
  /** Returns the reader of a merchant. */
  readonly readerOf: (merchantId: string) => Reader;
  readonly prepare: Context['prepare'];
}

/** A parsed document and its validation errors. */
export interface PreparedDocument {
  readonly document: DocumentNode;
  readonly errors: readonly GraphQLError[];
}

/** Creates the context of one request. */
export function createContext(parts: ContextParts, incoming: Incoming): Context {
  return new RequestContext(parts, incoming);
}

/** A context that makes its parts when they are first used: most requests need few of them. */
class RequestContext implements Context {
  readonly app: App;
  readonly requestId: string;
  readonly payer: Payer;
  readonly inputPoints: number;
  readonly caller: Caller | null;
  readonly resumeAfter: string | null;
  readonly unreadable: Context['unreadable'];
  private readonly parts: ContextParts;
  private readonly incoming: Incoming;
  private madeReader: Reader | null = null;
  private madeClient: PothosClient | null = null;
  private madeLoaders: Loaders | null = null;
  private madeSearches: NumberSearches | null = null;

  constructor(parts: ContextParts, incoming: Incoming, unreadable?: Context['unreadable']) {
    const { requestId, identity } = incoming;
    this.parts = parts;
    this.incoming = incoming;
    this.app = parts.app;
    this.requestId = requestId;
    this.payer = incoming.payer;
    this.inputPoints = incoming.inputPoints;
    this.caller = identity && { ...identity, requestId, clientRequestId: incoming.clientRequestId ?? null };
    this.resumeAfter = incoming.resumeAfter ?? null;
    this.unreadable = unreadable;
  }

  get prepare(): Context['prepare'] {
    return this.parts.prepare;
  }

  /** Without a caller, the reader of no merchant: it finds nothing. */
  get reader(): Reader {
    this.madeReader ??= this.parts.readerOf(this.caller?.merchantId ?? '');
    return this.madeReader;
  }

  get pothosClient(): PothosClient {
    this.madeClient ??= pothosClient(this.reader);
    return this.madeClient;
  }

  get limits(): Limits {
    return this.parts.limits;
  }

  pointsLeft(): number {
    const looked = this.parts.allowances.take(this.payer, 0, 'LOOK');
    return 'left' in looked ? looked.left : 0;
  }

  get loaders(): Loaders {
    this.madeLoaders ??= createLoaders(this.app, this.reader, this.caller);
    return this.madeLoaders;
  }

  get numberSearches(): NumberSearches | null {
    if (this.caller) this.madeSearches ??= new NumberSearches(this.app, this.caller, this.payer, this.parts.allowances);
    return this.madeSearches;
  }

  refresh(): Context {
    return new RequestContext(this.parts, { ...this.incoming, inputPoints: 0 });
  }

  withUnreadable(unreadable: Context['unreadable']): Context {
    return new RequestContext(this.parts, this.incoming, unreadable);
  }
}

/** Returns the caller of a context. Throws when there is none, which authorisation rules out. */
export function callerOf(context: Context): Caller {
  if (!context.caller) throw new Error('a resolver ran without a caller');
  return context.caller;
}
