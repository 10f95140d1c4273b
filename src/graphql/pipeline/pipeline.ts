import { type ExecutionArgs, execute, GraphQLError, getOperationAST } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { Allowances } from '../../admission/allowances.ts';
import { createFairGate } from '../../admission/fair-gate.ts';
import type { App } from '../../services/app.ts';
import { type Context, createContext, type Incoming } from '../context.ts';
import { openStream } from '../events/subscription.ts';
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
  /** The points that callers have. */
  readonly allowances: Allowances;
  /** A request is answered within this; streams and advanceClock have all the time. */
  readonly deadlineMs: number;
  /** Requests that a node executes at once; streams are not among them. */
  readonly inFlightMax: number;
  /** Whether the schema is told to whoever asks, and suggested from. */
  readonly hasIntrospection: boolean;
}

export type Pipeline = ReturnType<typeof createPipeline>;

/**
 * The one way a document goes, whatever transport it came by: parse, validate, authorise, execute or subscribe. Yoga's own HTTP is
 * not used.
 */
export function createPipeline(app: App, options: PipelineOptions) {
  const { limits, hasIntrospection } = options;
  return createYoga<Incoming, Context>({
    schema,
    logging: false,
    maskedErrors: false, // presentError does it, for every transport
    parserAndValidationCache: { documentCache: createDocumentCache(), errorCache: NO_CACHE },
    context: (incoming: Incoming) => createContext({ app, allowances: options.allowances }, incoming),
    plugins: [
      useDocumentLimits(schema, limits, hasIntrospection),
      useCodes(hasIntrospection),
      useOperationLog(app),
      useAuthorization(options, app.database.pool.options.max),
    ],
  });
}

/** What graphql-js itself refuses gets its code here, where it is known what it was doing. */
function useCodes(hasSuggestions: boolean): Plugin<Incoming & Context> {
  const mark = (error: unknown, code: RequestErrorCode): void => {
    if (error instanceof GraphQLError && error.extensions['code'] === undefined)
      Object.assign(error.extensions, { code });
  };
  /** What is close to a name says what names there are. */
  const hide = (errors: readonly Error[] = []): void => {
    if (hasSuggestions) return;
    for (const error of errors) error.message = error.message.replace(/ Did you mean [\s\S]*$/, '');
  };
  return {
    onParse: () => {
      return ({ result, replaceParseResult }) => {
        // The parser calls itself for each level; what it cannot climb down is no bug of ours.
        if (result instanceof RangeError) {
          replaceParseResult(requestError('PARSE_FAILED', 'The document is nested too deep.'));
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
  'A subscription comes over WebSocket, or over SSE: send "accept: text/event-stream".',
);

/** Who waits for longer finds no connection of the database either. */
const WAIT_MS = 5_000;

/** `connections`: of the database, for callers. Of these one merchant has three quarters at most. */
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
            const result = await (introspection.answerTo(given) ?? execute({ ...given, ...checked }));
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

/** A line for each operation, for whoever looks for a request by its id, and its name for the watch of the event loop. Nothing of its variables. */
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
