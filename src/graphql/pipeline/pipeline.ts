import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationTypeNode,
} from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { Allowances } from '../../admission/allowances.ts';
import { createFairGate } from '../../admission/fair-gate.ts';
import type { App } from '../../services/app.ts';
import { queryable } from '../../store/connection/database.ts';
import { createReader, type Reader } from '../../store/reading/reader.ts';
import { type Context, createContext, type Incoming, type OperationArgs, type PreparedDocument } from '../context.ts';
import { answerDirectly } from '../direct/answer.ts';
import { openStream, type Stream } from '../events/subscription.ts';
import { readLogHead } from '../lists/log-head.ts';
import { schema as API } from '../schema.ts';
import { authorize } from './authorize.ts';
import { checkVariables } from './check-variables.ts';
import { deprecationsOf } from './deprecations.ts';
import { type Cost, costOf } from './limits/cost.ts';
import { withDeadline } from './limits/deadline.ts';
import { createDocumentCache } from './limits/document-cache.ts';
import { createIntrospection } from './limits/introspection.ts';
import type { Limits } from './limits/limits.ts';
import { type Charge, createCharging, useDocumentLimits, withCharge } from './limits/use-limits.ts';
import { observeOperation } from './observe-operation.ts';
import { readText } from './read-text.ts';
import { type RequestErrorCode, requestError } from './request-error.ts';
import { NO_TRUSTED_DOCUMENTS, type TrustedDocuments } from './trusted-documents.ts';

export interface PipelineOptions {
  /** The schema that is served; by default that of the API. */
  readonly schema?: GraphQLSchema;
  readonly limits: Limits;
  /** The cost points of all callers. */
  readonly allowances: Allowances;
  /** Deadline of a request in milliseconds; streams and `advanceClock` have none. */
  readonly deadlineMs: number;
  /** Maximum number of in-flight requests of a node, executing or queued; streams are not counted. */
  readonly inFlightMax: number;
  /** Whether introspection is enabled and validation errors suggest names. */
  readonly hasIntrospection: boolean;
  /** Documents that the operator trusts; by default none. */
  readonly documents?: TrustedDocuments;
  /** Returns the reader of a merchant; by default the one that compiles selections to SQL. */
  readonly readerOf?: (merchantId: string) => Reader;
}

/** What every transport runs an operation with. */
export interface Pipeline {
  readonly schema: GraphQLSchema;
  readonly documents: TrustedDocuments;
  /** Parses and validates a document, once for each text. Throws the errors of the parser. */
  prepare(query: string): PreparedDocument;
  /** Returns the context of one request. */
  contextOf(incoming: Incoming): Context;
  /** Authorises, charges and executes a query or a mutation. */
  execute(args: OperationArgs): Promise<ExecutionResult>;
  /** Authorises, charges and opens a subscription. */
  subscribe(args: OperationArgs): Promise<Stream | ExecutionResult>;
}

/** Creates the pipeline. Yoga runs its plugins once for each document; its own HTTP layer is not used. */
export function createPipeline(app: App, options: PipelineOptions): Pipeline {
  const { limits, allowances, hasIntrospection, schema = API } = options;
  const database = queryable(app.database);
  const { readerOf = (merchantId: string) => createReader(database, merchantId) } = options;
  const yoga = createYoga({
    schema,
    logging: false,
    maskedErrors: false, // presentError masks errors, for every transport
    parserAndValidationCache: false, // `documents` caches both
    plugins: [useDocumentLimits(schema, limits, hasIntrospection), useCodes(hasIntrospection)],
  });
  const documents = createDocumentCache<PreparedDocument>();
  const prepare = (query: string): PreparedDocument => {
    const known = documents.get(query);
    if (known) return known;
    const { parse, validate } = yoga.getEnveloped({} as never);
    const document: DocumentNode = parse(query);
    const prepared = { document, errors: validate(schema, document) };
    if (prepared.errors.length === 0) documents.set(query, prepared);
    return prepared;
  };
  return {
    schema,
    documents: options.documents ?? NO_TRUSTED_DOCUMENTS,
    prepare,
    contextOf: (incoming) => createContext({ app, allowances, limits, readerOf, prepare }, incoming),
    ...createExecution(app, options),
  };
}

/** Adds error codes to the syntax and validation errors of graphql-js. */
function useCodes(hasSuggestions: boolean): Plugin {
  const mark = (error: unknown, code: RequestErrorCode): void => {
    if (error instanceof GraphQLError && error.extensions['code'] === undefined)
      Object.assign(error.extensions, { code });
  };
  /** Removes the suggestions, which would reveal names of the schema. */
  const hide = (errors: readonly Error[] = []): void => {
    if (hasSuggestions) return;
    for (const error of errors) error.message = error.message.replace(/ Did you mean [\s\S]*$/, '');
  };
  return {
    onParse: () => {
      return ({ result, replaceParseResult }) => {
        // The parser is recursive: a document nested too deep overflows the stack, which is an error of the document.
        if (result instanceof RangeError) {
          replaceParseResult(requestError('PARSE_FAILED', 'The document is nested too deeply.'));
        } else mark(result, 'PARSE_FAILED');
      };
    },
    onValidate: () => {
      return ({ result }) => {
        for (const error of result) mark(error, 'VALIDATION_FAILED');
        hide(result);
      };
    },
  };
}

const NO_STREAM = requestError(
  'BAD_REQUEST',
  'Subscriptions require WebSocket, or SSE with the header "accept: text/event-stream".',
);

/** Maximum time in the queue, in milliseconds. After it the request fails with UNAVAILABLE. */
const WAIT_MS = 5_000;

/**
 * Returns the functions that run operations. One merchant uses at most three quarters of the database connections for
 * callers.
 */
function createExecution(app: App, { limits, allowances, deadlineMs, inFlightMax }: PipelineOptions) {
  const connections = app.database.pool.options.max;
  const charge = createCharging(limits, allowances);
  const introspection = createIntrospection();
  const slotsPerClient = Math.ceil(connections * 0.75);
  const gate = createFairGate({ slots: connections, slotsPerClient, max: inFlightMax, waitMs: WAIT_MS });

  /** Charges an operation, and returns it with the values that it runs with. */
  function admit(args: OperationArgs, cost: Cost): { readonly asked: OperationArgs; readonly charged: Charge } {
    const text = readText(args.document, args.variableValues);
    const charged = charge(args, cost);
    const checked = checkVariables({ ...args, ...text } as ExecutionArgs);
    if (checked instanceof GraphQLError) throw checked;
    return { asked: checked as OperationArgs, charged };
  }

  async function run(asked: OperationArgs): Promise<ExecutionResult> {
    const { contextValue } = asked;
    await readLogHead(asked.document, contextValue);
    const result = (await introspection.answerTo(asked)) ?? (await answerDirectly(asked)) ?? (await execute(asked));
    await contextValue.numberSearches?.account();
    return result;
  }

  return {
    execute: (args: OperationArgs) =>
      observeOperation(app, args, async (): Promise<ExecutionResult> => {
        authorize(args.schema, args.document, args.contextValue);
        if (kindOf(args) === 'subscription') throw NO_STREAM;
        const cost = introspection.admit(args.document, args.contextValue.payer) ?? costOf(args);
        const { asked, charged } = admit(args, cost);
        const merchantId = args.contextValue.caller?.merchantId ?? '';
        const result = await withDeadline(asked, deadlineMs, () => gate.run(merchantId, () => run(asked)));
        return withCharge(result, charged, deprecationsOf(args.schema, args.document, args.operationName));
      }),
    subscribe: (args: OperationArgs) =>
      observeOperation(app, args, async (): Promise<Stream | ExecutionResult> => {
        authorize(args.schema, args.document, args.contextValue);
        return openStream(admit(args, costOf(args)).asked);
      }),
  };
}

function kindOf({ document, operationName }: ExecutionArgs): OperationTypeNode | undefined {
  return getOperationAST(document, operationName)?.operation;
}
