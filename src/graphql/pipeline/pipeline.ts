import { type ExecutionArgs, execute, GraphQLError, getOperationAST } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { Allowances } from '../../admission/allowances.ts';
import { createFairGate } from '../../admission/fair-gate.ts';
import type { App } from '../../services/app.ts';
import { queryable } from '../../store/connection/database.ts';
import { createReader, type Reader } from '../../store/reading/reader.ts';
import { type Context, createContext, type Incoming } from '../context.ts';
import { answerDirectly } from '../direct/answer.ts';
import { openStream } from '../events/subscription.ts';
import { readLogHead } from '../lists/log-head.ts';
import { schema } from '../schema.ts';
import { authorize } from './authorize.ts';
import { checkVariables } from './check-variables.ts';
import { costOf } from './limits/cost.ts';
import { withDeadline } from './limits/deadline.ts';
import { createDocumentCache, NO_CACHE } from './limits/document-cache.ts';
import { createIntrospection } from './limits/introspection.ts';
import type { Limits } from './limits/limits.ts';
import { createCharging, useDocumentLimits, withCharge } from './limits/use-limits.ts';
import { readText } from './read-text.ts';
import { type RequestErrorCode, requestError } from './request-error.ts';

export interface PipelineOptions {
  readonly limits: Limits;
  /** The cost points of all callers. */
  readonly allowances: Allowances;
  /** Deadline of a request in milliseconds; streams and `advanceClock` have none. */
  readonly deadlineMs: number;
  /** Maximum number of in-flight requests of a node, executing or queued; streams are not counted. */
  readonly inFlightMax: number;
  /** Whether introspection is enabled and validation errors suggest names. */
  readonly hasIntrospection: boolean;
  /** Returns the reader of a merchant; by default the one that compiles selections to SQL. */
  readonly readerOf?: (merchantId: string) => Reader;
}

export type Pipeline = ReturnType<typeof createPipeline>;

/**
 * Creates the pipeline that every transport uses: parse, validate, authorise, execute or subscribe. Yoga's own HTTP
 * layer is not used.
 */
export function createPipeline(app: App, options: PipelineOptions) {
  const { limits, allowances, hasIntrospection } = options;
  const database = queryable(app.database);
  const { readerOf = (merchantId: string) => createReader(database, merchantId) } = options;
  return createYoga<Incoming, Context>({
    schema,
    logging: false,
    maskedErrors: false, // presentError masks errors, for every transport
    parserAndValidationCache: { documentCache: createDocumentCache(), errorCache: NO_CACHE },
    context: (incoming: Incoming) => createContext({ app, allowances, readerOf }, incoming),
    plugins: [
      useDocumentLimits(schema, limits, hasIntrospection),
      useCodes(hasIntrospection),
      useOperationLog(app),
      useAuthorization(options, app.database.pool.options.max),
    ],
  });
}

/** Adds error codes to the syntax and validation errors of graphql-js. */
function useCodes(hasSuggestions: boolean): Plugin<Incoming & Context> {
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
 * Authorises, charges and executes operations. `connections` is the number of database connections for callers; one
 * merchant uses at most three quarters of them.
 */
function useAuthorization(
  { limits, allowances, deadlineMs, inFlightMax }: PipelineOptions,
  connections: number,
): Plugin<Incoming & Context> {
  const charge = createCharging(limits, allowances);
  const introspection = createIntrospection();
  const slotsPerClient = Math.ceil(connections * 0.75);
  const gate = createFairGate({ slots: connections, slotsPerClient, max: inFlightMax, waitMs: WAIT_MS });
  return {
    onExecute({ args, setExecuteFn }) {
      authorize(args.schema, args.document, args.contextValue);
      if (getOperationAST(args.document, args.operationName)?.operation === 'subscription') throw NO_STREAM;
      const known = introspection.admit(args.document, (args.contextValue as Incoming & Context).payer);
      const text = readText(args.document, args.variableValues);
      const charged = charge(args, known ?? costOf(args));
      const checked = checkVariables({ ...args, ...text } as ExecutionArgs);
      if (checked instanceof GraphQLError) throw checked;
      const merchantId = (args.contextValue as Context).caller?.merchantId ?? '';
      setExecuteFn((async (given: ExecutionArgs) => {
        const run = () =>
          gate.run(merchantId, async () => {
            await readLogHead(given.document, given.contextValue as Context);
            const asked = { ...given, ...checked };
            const result =
              (await introspection.answerTo(given)) ?? (await answerDirectly(asked)) ?? (await execute(asked));
            await (given.contextValue as Context).numberSearches?.account();
            return result;
          });
        return withCharge(await withDeadline(given, deadlineMs, run), charged);
      }) as () => never);
    },
    onSubscribe({ args, setSubscribeFn }) {
      authorize(args.schema, args.document, args.contextValue);
      const text = readText(args.document, args.variableValues);
      charge(args, costOf(args));
      const checked = checkVariables({ ...args, ...text } as ExecutionArgs);
      if (checked instanceof GraphQLError) throw checked;
      setSubscribeFn(((given: ExecutionArgs) => openStream({ ...given, ...checked })) as (
        args: ExecutionArgs,
      ) => never);
    },
  };
}

const NAME_LENGTH_MAX = 64;

/** Logs one line per operation, without its variables, and names the operation for the event loop monitor. */
function useOperationLog({ log, meter }: App): Plugin<Incoming & Context> {
  const begin = ({ document, operationName, contextValue }: ExecutionArgs): (() => void) => {
    const { requestId, caller } = contextValue as Context;
    const { operation = 'none', name } = getOperationAST(document, operationName) ?? {};
    const named = name?.value.slice(0, NAME_LENGTH_MAX);
    const begunAt = performance.now();
    meter.step({ requestId, step: operation, name: named });
    return () => {
      const client = { merchantId: caller?.merchantId, clientId: caller?.clientId };
      const ms = Math.round(performance.now() - begunAt);
      log.debug({ requestId, ...client, operation, name: named, ms }, 'operation');
    };
  };
  return {
    onExecute: ({ args }) => ({ onExecuteDone: begin(args) }),
    onSubscribe: ({ args }) => begin(args)(),
  };
}
