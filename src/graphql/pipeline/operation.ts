import { type ExecutionArgs, type ExecutionResult, type GraphQLError, getOperationAST } from 'graphql';
import type { Incoming } from '../context.ts';
import type { Stream } from '../events/subscription.ts';
import type { Pipeline } from './pipeline.ts';

/** A GraphQL request. */
export interface GraphqlParams {
  readonly query: string;
  readonly variables: Record<string, unknown> | null;
  readonly operationName: string | null;
}

/** An operation whose document was accepted, on its way through the pipeline. */
export interface Operation {
  readonly args: ExecutionArgs;
  /** Null when the document has none of the name, or several and none is named. */
  readonly kind: 'query' | 'mutation' | 'subscription' | null;
  execute(): Promise<ExecutionResult>;
  /** Subscribes: the stream, or why there is none. */
  open(): Promise<Stream | ExecutionResult>;
}

/** What every transport of ours does with a request: parses and validates it. Throws what the parser throws. */
export async function prepareOperation(
  pipeline: Pipeline,
  incoming: Incoming,
  { query, variables, operationName }: GraphqlParams,
): Promise<Operation | { readonly errors: readonly GraphQLError[] }> {
  const { parse, validate, contextFactory, schema, execute, subscribe } = pipeline.getEnveloped(incoming);
  const document = parse(query);
  const errors: readonly GraphQLError[] = validate(schema, document);
  if (errors.length > 0) return { errors };
  const args = { schema, document, operationName, variableValues: variables, contextValue: await contextFactory() };
  return {
    args,
    kind: getOperationAST(document, operationName)?.operation ?? null,
    execute: async () => execute(args),
    // The pipeline has put `openStream` where graphql-js would answer with an iterator.
    open: async () => (await subscribe(args)) as unknown as Stream | ExecutionResult,
  };
}
