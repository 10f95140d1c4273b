import { type ExecutionArgs, type ExecutionResult, type GraphQLError, getOperationAST } from 'graphql';
import type { Incoming } from '../context.ts';
import type { Stream } from '../events/subscription.ts';
import type { Pipeline } from './pipeline.ts';

/** The parameters of a GraphQL request. */
export interface GraphqlParams {
  readonly query: string;
  readonly variables: Record<string, unknown> | null;
  readonly operationName: string | null;
}

/** An operation whose document was parsed and validated. */
export interface Operation {
  readonly args: ExecutionArgs;
  /** Null when the document has no operation of the given name, or has several and none is named. */
  readonly kind: 'query' | 'mutation' | 'subscription' | null;
  execute(): Promise<ExecutionResult>;
  /** Subscribes. Resolves to the stream, or to a result with errors. */
  open(): Promise<Stream | ExecutionResult>;
}

/** Parses and validates a request, for every transport. Throws the errors of the parser. */
export async function prepareOperation(
  pipeline: Pipeline,
  incoming: Incoming,
  { query, variables, operationName }: GraphqlParams,
): Promise<Operation | { readonly errors: readonly GraphQLError[] }> {
  const { document, errors } = pipeline.prepare(query);
  if (errors.length > 0) return { errors };
  const contextValue = pipeline.contextOf(incoming);
  const args = { schema: pipeline.schema, document, operationName, variableValues: variables, contextValue };
  return {
    args,
    kind: getOperationAST(document, operationName)?.operation ?? null,
    execute: () => pipeline.execute(args),
    open: () => pipeline.subscribe(args),
  };
}
