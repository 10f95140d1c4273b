import { type ExecutionArgs, type ExecutionResult, execute, GraphQLError, getOperationAST } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { App, Identity, Log } from '../services/app.ts';
import { authorize } from './authorize.ts';
import { type Context, createContext } from './context.ts';
import { withDeadline } from './limits/deadline.ts';
import { createDocumentCache, NO_CACHE } from './limits/document-cache.ts';
import { createFairGate } from './limits/fair-gate.ts';
import type { Limits } from './limits/limits.ts';
import { createCharging, useDocumentLimits, withCharge } from './limits/use-limits.ts';
import { readText } from './read-text.ts';
import { type RequestErrorCode, requestError } from './request-error.ts';
import { schema } from './schema.ts';
import { setAsideRecords } from './set-aside-records.ts';
import { openStream } from './stream.ts';

/** What a transport knows of a request: under which id it is logged, and who sends it. */
export interface Incoming {
  readonly requestId: string;
  readonly identity: Identity | null;
  /** A stream cursor that came beside the document, in place of its argument `after`. */
  readonly resumeAfter?: string | null;
}

export interface PipelineOptions {
  readonly limits: Limits;
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
    context: ({ requestId, identity, resumeAfter = null }: Incoming) =>
      createContext(app, requestId, identity && { ...identity, requestId }, resumeAfter),
    plugins: [
      useDocumentLimits(schema, limits, hasIntrospection),
      useCodes(hasIntrospection),
      useAuthorization(options, app.database.pool.options.max),
      useOperationLog(app.log),
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
    // graphql-js coerces variables as it begins to execute.
    onExecute: () => ({ onExecuteDone: ({ result }) => hide('errors' in result ? result.errors : []) }),
    onSubscribe: () => ({ onSubscribeResult: ({ result }) => hide('errors' in result ? result.errors : []) }),
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
  { limits, deadlineMs, inFlightMax }: PipelineOptions,
  connections: number,
): Plugin<Incoming & Context> {
  const charge = createCharging(limits);
  const slotsPerClient = Math.ceil(connections * 0.75);
  const gate = createFairGate({ slots: connections, slotsPerClient, max: inFlightMax, waitMs: WAIT_MS });
  return {
    onExecute({ args, setExecuteFn }) {
      authorize(args.schema, args.document, args.contextValue);
      if (getOperationAST(args.document, args.operationName)?.operation === 'subscription') throw NO_STREAM;
      const text = readText(args.document, args.variableValues);
      const charged = charge(args);
      const merchantId = (args.contextValue as Context).caller?.merchantId ?? '';
      setExecuteFn((async (given: ExecutionArgs) => {
        const run = () => gate.run(merchantId, () => executeReadable({ ...given, ...text } as ExecutionArgs));
        return withCharge(await withDeadline(given, deadlineMs, run), charged);
      }) as () => never);
    },
    onSubscribe({ args, setSubscribeFn }) {
      authorize(args.schema, args.document, args.contextValue);
      const text = readText(args.document, args.variableValues);
      charge(args);
      setSubscribeFn(((given: ExecutionArgs) => openStream({ ...given, ...text })) as (args: ExecutionArgs) => never);
    },
  };
}

/** Executes; where variables cannot be coerced, again without the records that are the reason. */
async function executeReadable(args: ExecutionArgs): Promise<ExecutionResult> {
  const result = await execute(args);
  // Without data nothing was begun: the variables are coerced before.
  const isRefused = result.data === undefined && result.errors !== undefined;
  const readable = isRefused ? setAsideRecords(args) : null;
  return readable ? execute(readable) : result;
}

const NAME_LENGTH_MAX = 64;

/** A line for each operation, for whoever looks for a request by its id. Nothing of its variables. */
function useOperationLog(log: Log): Plugin<Incoming & Context> {
  const note = ({ document, operationName, contextValue }: ExecutionArgs, begunAt: number): void => {
    const { requestId, caller } = contextValue as Context;
    const { operation, name } = getOperationAST(document, operationName) ?? {};
    const client = { merchantId: caller?.merchantId, clientId: caller?.clientId };
    const ms = Math.round(performance.now() - begunAt);
    log.debug({ requestId, ...client, operation, name: name?.value.slice(0, NAME_LENGTH_MAX), ms }, 'operation');
  };
  return {
    onExecute({ args }) {
      const begunAt = performance.now();
      return { onExecuteDone: () => note(args, begunAt) };
    },
    onSubscribe: ({ args }) => note(args, performance.now()),
  };
}
