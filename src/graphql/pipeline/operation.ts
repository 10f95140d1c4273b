import { type ExecutionArgs, type ExecutionResult, type GraphQLError, getOperationAST } from 'graphql';
import type { Incoming, PreparedDocument } from '../context.ts';
import type { Stream } from '../events/subscription.ts';
import type { Pipeline } from './pipeline.ts';
import type { NamedDocument } from './trusted-documents.ts';

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

/** The parameters of a request, whose document may be named by its id. */
export interface RequestParams extends Omit<GraphqlParams, 'query'>, NamedDocument {}

/** Finds the document of a request among the trusted ones, or parses and validates it, for every transport. Throws the errors of either. */
export async function prepareRequest(
  pipeline: Pipeline,
  incoming: Incoming,
  params: RequestParams,
): Promise<Operation | { readonly errors: readonly GraphQLError[] }> {
  const trusted = pipeline.documents.find(params, incoming);
  return operationOf(pipeline, incoming, trusted ?? pipeline.prepare(params.query ?? ''), params);
}

/** Parses and validates an operation of the gateway itself. Throws the errors of the parser. */
export async function prepareOperation(
  pipeline: Pipeline,
  incoming: Incoming,
  params: GraphqlParams,
): Promise<Operation | { readonly errors: readonly GraphQLError[] }> {
  return operationOf(pipeline, incoming, pipeline.prepare(params.query), params);
}

function operationOf(
  pipeline: Pipeline,
  incoming: Incoming,
  { document, errors }: PreparedDocument,
  { variables, operationName }: Pick<GraphqlParams, 'variables' | 'operationName'>,
): Operation | { readonly errors: readonly GraphQLError[] } {
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
